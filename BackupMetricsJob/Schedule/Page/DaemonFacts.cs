using BackupMetricsJob.Backups;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>Who says all this, and when it is said again.</summary>
internal static class DaemonFacts
{
    /// <summary>The three that a glance is for.</summary>
    public static Html AtAGlance(ScheduleSnapshot now, DateTimeOffset time) =>
        Html.Of(
            $"""
            <dl class="glance"><div><dt>Next run</dt><dd>{Next(now, time)}</dd></div><div><dt>Last run</dt><dd>{Last(
                now,
                time
            )}</dd></div><div><dt>Last runs</dt><dd>{RunStrip.Picture(now)}</dd></div></dl>

            """
        );

    public static Html Of(ScheduleSnapshot now, DateTimeOffset time) =>
        Html.Of(
            $"""
            <section id="daemon" aria-labelledby="h-daemon"><h2 id="h-daemon">This job</h2>
            <dl class="facts">
            {Row("node", Html.Of($"<bdi>{now.Node}</bdi>, {(now.IsCluster ? "one of a cluster" : "on its own")}"))}{Row(
                "group",
                Html.Of($"{now.Group}")
            )}{Row(
                "schedule",
                Html.Of(
                    $"<code>{now.Cron}</code> in {now.TimeZone.Id}" + $"{(now.Interval > TimeSpan.Zero ? $", every {InWords.Of(now.Interval)} at the longest" : "")}"
                )
            )}{Html.Join(Pushes(now))}{Row("settings", Settings(now))}{Cluster(now, time)}{Row(
                "last success",
                now.LastSuccessAnywhere is { } success
                    ? Html.Of($"{Moment.Of(success)}, {Moment.From(time, success)}{(now.IsCluster ? ", on any node" : "")}")
                    : Html.Of($"none yet")
            )}{Row("running since", Html.Of($"{Moment.Of(now.ProcessStarted)}"))}{Row(
                "version",
                Html.Of($"backup-metrics {now.Build.Version} ({now.Build.Revision})")
            )}
            </dl></section>

            """
        );

    static Html Next(ScheduleSnapshot now, DateTimeOffset time) =>
        now switch
        {
            { Current: { } current } => Html.Of(
                $"<b>going on</b><small>for {Moment.Of(current.Slot)}{(current.IsRetry ? ", again" : "")}</small>"
            ),
            { NextSlot: { } next } => Html.Of($"<b>{Moment.From(time, next)}</b><small>{Moment.Of(next)}</small>"),
            _ => Html.Of($"<b>none</b><small>the schedule has no further slot</small>"),
        };

    static Html Last(ScheduleSnapshot now, DateTimeOffset time) =>
        now.History is [.., var last]
            ? Html.Of(
                $"<b>{Moment.From(time, last.Began + last.Duration)}</b><small>{RunStrip.Words(last.ExitCode)}, "
                    + $"took {InWords.Of(last.Duration)}</small>"
            )
            : Html.Of($"<b>none</b><small>on this node so far</small>");

    static IEnumerable<Html> Pushes(ScheduleSnapshot now)
    {
        if (now.Last?.Report.Pushes is not { Count: > 0 } pushes)
            yield break;
        foreach (var push in pushes)
            yield return Row("push", Html.Of($"{push.Outcome.Describe()}"));
    }

    static Html Settings(ScheduleSnapshot now) =>
        now.ReloadFailure is { } failure
            ? Html.Of($"broken since {Moment.Of(failure.At)}, older ones are in use")
            : Html.Of($"read without a problem");

    static Html Cluster(ScheduleSnapshot now, DateTimeOffset time) =>
        now.LastAnywhere is { } last
            ? Row("last slot", Html.Of($"{Moment.Of(last.Slot)}, {Moment.From(time, last.Slot)}, on node <bdi>{last.Node}</bdi>"))
            : Html.Nothing;

    static Html Row(string name, Html value) => Html.Of($"<div><dt>{name}</dt><dd>{value}</dd></div>");
}
