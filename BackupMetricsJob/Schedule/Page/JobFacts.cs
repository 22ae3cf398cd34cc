using BackupMetricsJob.Backups;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>Facts about the job: schedule, runs, settings, version.</summary>
internal static class JobFacts
{
    /// <summary>The three most important facts.</summary>
    public static Html AtAGlance(ScheduleSnapshot now, DateTimeOffset time) =>
        Html.Format(
            $"""
            <dl class="glance"><div><dt>Next run</dt><dd>{Next(now, time)}</dd></div><div><dt>Last run</dt><dd>{Last(
                now,
                time
            )}</dd></div><div><dt>Last runs</dt><dd>{RunHistory.Picture(now)}</dd></div></dl>

            """
        );

    public static Html Render(ScheduleSnapshot now, DateTimeOffset time) =>
        Html.Format(
            $"""
            <section id="daemon" aria-labelledby="h-daemon"><h2 id="h-daemon">This job</h2>
            <dl class="facts">
            {Row("node", Html.Format($"<bdi>{now.Node}</bdi>, {(now.IsCluster ? "one of a cluster" : "on its own")}"))}{Row(
                "group",
                Html.Format($"{now.Group}")
            )}{Row(
                "schedule",
                Html.Format(
                    $"<code>{now.Cron}</code> in {now.TimeZone.Id}"
                        + $"{(now.Interval > TimeSpan.Zero ? $", at least every {Humanize.Duration(now.Interval)}" : "")}"
                )
            )}{Html.Join(Pushes(now))}{Row("settings", Settings(now))}{Cluster(now, time)}{Row(
                "last success",
                now.LastClusterSuccess is { } success
                    ? Html.Format($"{TimeElement.Render(success)}, {TimeElement.Relative(time, success)}{(now.IsCluster ? ", on any node" : "")}")
                    : Html.Format($"none yet")
            )}{Row("running since", Html.Format($"{TimeElement.Render(now.ProcessStarted)}"))}{Row(
                "version",
                Html.Format($"backup-metrics {now.Build.Version} ({now.Build.Revision})")
            )}
            </dl></section>

            """
        );

    static Html Next(ScheduleSnapshot now, DateTimeOffset time) =>
        now switch
        {
            { Current: { } current } => Html.Format(
                $"<b>active</b><small>for {TimeElement.Render(current.Slot)}{(current.IsRetry ? ", retry" : "")}</small>"
            ),
            { NextSlot: { } next } => Html.Format($"<b>{TimeElement.Relative(time, next)}</b><small>{TimeElement.Render(next)}</small>"),
            _ => Html.Format($"<b>none</b><small>the schedule has no further slots</small>"),
        };

    static Html Last(ScheduleSnapshot now, DateTimeOffset time) =>
        now.History is [.., var last]
            ? Html.Format(
                $"<b>{TimeElement.Relative(time, last.Began + last.Duration)}</b><small>{RunHistory.Describe(last.ExitCode)}, "
                    + $"took {Humanize.Duration(last.Duration)}</small>"
            )
            : Html.Format($"<b>none</b><small>on this node so far</small>");

    static IEnumerable<Html> Pushes(ScheduleSnapshot now)
    {
        if (now.Last?.Report.Pushes is not { Count: > 0 } pushes)
            yield break;
        foreach (var push in pushes)
            yield return Row("push", Html.Format($"{push.Outcome.Describe()}"));
    }

    static Html Settings(ScheduleSnapshot now) =>
        now.ReloadFailure is { } failure
            ? Html.Format($"invalid since {TimeElement.Render(failure.At)}; the previous ones are in use")
            : Html.Format($"valid");

    static Html Cluster(ScheduleSnapshot now, DateTimeOffset time) =>
        now.LastClusterSlot is { } last
            ? Row(
                "last slot",
                Html.Format($"{TimeElement.Render(last.Slot)}, {TimeElement.Relative(time, last.Slot)}, on node <bdi>{last.Node}</bdi>")
            )
            : Html.Nothing;

    static Html Row(string name, Html value) => Html.Format($"<div><dt>{name}</dt><dd>{value}</dd></div>");
}
