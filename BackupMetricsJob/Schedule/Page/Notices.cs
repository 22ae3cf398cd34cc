using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>Problems of the job itself, as opposed to the databases.</summary>
internal static class Notices
{
    public static Html Render(ScheduleSnapshot now)
    {
        List<Html> all = [.. All(now)];
        return all.Count == 0
            ? Html.Nothing
            : Html.Format($"<section class=\"notices\" aria-label=\"Problems of the job\">{Html.Join(all)}</section>\n");
    }

    static IEnumerable<Html> All(ScheduleSnapshot now)
    {
        if (now.Problem is { } problem)
            yield return Notice(Verdict.Critical, "The scheduler does not work", Html.Format($"{problem}"));
        if (now.StoreProblem is { } store)
            yield return Notice(Verdict.Critical, "The cluster's store is unavailable, so nothing runs", Html.Format($"{store}"));
        if (now.Current is { OverrunsNextSlot: true } current)
            yield return Notice(
                Verdict.Warning,
                "A run has not ended before the next slot",
                Html.Format($"The run for {ScheduleLog.Time(current.Slot)} is still active; the next one starts when it has ended.")
            );
        if (now.ReloadFailure is { } reload)
            yield return Notice(
                Verdict.Warning,
                "The settings are invalid, and the previous ones are in use",
                Html.Format($"{Html.Join("<br>", [.. reload.Problems.Take(20).Select(line => Html.Format($"{line}"))])}")
            );
        if (now.History is [.., { ExitCode: ExitCode.Bug } bug])
            yield return Notice(
                Verdict.Critical,
                "The last run ended with a bug",
                Html.Format($"The run for {ScheduleLog.Time(bug.Slot)} gave no results; see the log.")
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
                    "A gateway's clock differs",
                    Html.Format(
                        $"The clock of {push.Outcome.Gateway} differs by "
                            + $"{Backups.Humanize.Duration(push.Outcome.ClockSkew!.Value.Duration())}: "
                            + $"alerts compare times of both clocks."
                    )
                );
        }
    }

    static Html Notice(Verdict verdict, string what, Html more) =>
        Html.Format(
            $"<div class=\"notice {Icon.Name(verdict)}\">{Icon.Render(verdict)}<div><p><b>{what}</b></p><p "
                + $"class=\"more\">{more}</p></div></div>\n"
        );
}
