using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>What is wrong with the job itself, as opposed to the databases.</summary>
internal static class Notices
{
    public static Html Render(ScheduleSnapshot now)
    {
        List<Html> all = [.. All(now)];
        return all.Count == 0
            ? Html.Nothing
            : Html.Format($"<section class=\"notices\" aria-label=\"What is wrong with the job itself\">{Html.Join(all)}</section>\n");
    }

    static IEnumerable<Html> All(ScheduleSnapshot now)
    {
        if (now.Problem is { } problem)
            yield return Notice(Verdict.Critical, "The scheduler does not do its work", Html.Format($"{problem}"));
        if (now.StoreProblem is { } store)
            yield return Notice(Verdict.Critical, "The cluster's store cannot be asked, so nothing is run", Html.Format($"{store}"));
        if (now.Current is { OverrunsNextSlot: true } current)
            yield return Notice(
                Verdict.Warning,
                "A run outlasts its slot",
                Html.Format($"That of {ScheduleLog.Time(current.Slot)} is still going on; the next one is caught up when it has ended.")
            );
        if (now.ReloadFailure is { } reload)
            yield return Notice(
                Verdict.Warning,
                "The settings are broken, and older ones are in use",
                Html.Format($"{Html.Join("<br>", [.. reload.Problems.Take(20).Select(line => Html.Format($"{line}"))])}")
            );
        if (now.History is [.., { ExitCode: ExitCode.Bug } bug])
            yield return Notice(
                Verdict.Critical,
                "The last run ended with a bug",
                Html.Format($"The run for {ScheduleLog.Time(bug.Slot)} told nothing; the log tells more.")
            );
        foreach (var push in now.Last?.Report.Pushes ?? [])
        {
            if (!push.Outcome.Arrived)
                yield return Notice(
                    Verdict.Critical,
                    "The last push did not arrive",
                    Html.Format($"{push.Outcome.Describe()}.{(push.Outcome.Advice is { } advice ? $" {advice}." : "")}")
                );
            else if (push.Outcome.ClocksDiffer)
                yield return Notice(
                    Verdict.Warning,
                    "A gateway's clock differs from ours",
                    Html.Format(
                        $"That of {push.Outcome.Gateway}, by {Backups.Humanize.Duration(push.Outcome.ClockSkew!.Value.Duration())}: "
                            + $"alerts compare times of both."
                    )
                );
        }
    }

    static Html Notice(Verdict standing, string what, Html more) =>
        Html.Format(
            $"<div class=\"notice {Icon.Name(standing)}\">{Icon.Render(standing)}<div><p><b>{what}</b></p><p "
                + $"class=\"more\">{more}</p></div></div>\n"
        );
}
