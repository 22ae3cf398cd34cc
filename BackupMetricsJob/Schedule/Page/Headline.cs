using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The one sentence that people come for. It is never green where nobody knows.</summary>
internal sealed record Headline(Verdict Verdict, string Text, string More)
{
    public static Headline From(ScheduleSnapshot now, IReadOnlyList<Assessment> judged, DateTimeOffset time)
    {
        if (now.Last is null && now.LastClusterSlot is null)
            return new(
                Verdict.NotAssessed,
                "Nothing is known yet",
                now.Current is null ? "No run has ended since this process started." : "The first run is going on."
            );
        if (now.NewestRun is not { } last)
            return new(
                Verdict.NotAssessed,
                $"Node {now.LastClusterSlot!.Node} knows",
                "It ran the last slot, so its page and its metrics tell what was found."
            );
        if (Stale(now, time) is { } since)
            return new(
                Verdict.Critical,
                "Nobody knows how the backups are now",
                $"The last run ended {Humanize.Duration(since)} ago, and it should be every {Humanize.Duration(now.Interval)}. "
                    + "What follows was true then."
            );
        var backups = OfRun(last, judged);
        // Backups that are well and a job that tells nobody are not well together.
        return backups.Verdict < Verdict.Healthy || Trouble(now, last) is not { } trouble
            ? backups
            : new(Verdict.Critical, trouble, $"{backups.Text}, as far as this node sees. {backups.More}".TrimEnd());
    }

    static string? Trouble(ScheduleSnapshot now, LastRun last) =>
        now.Problem is not null ? "The scheduler does not do its work"
        : now.StoreProblem is not null ? "The cluster's store cannot be asked"
        : now.History is [.., { ExitCode: ExitCode.Bug }] ? "The last run ended with a bug"
        : ScheduleState.Arrived(last.Report) ? null
        : "Prometheus is not told: the last push did not arrive";

    /// <summary>How long ago the last run ended, where that is more than two intervals; else null.</summary>
    public static TimeSpan? Stale(ScheduleSnapshot now, DateTimeOffset time) =>
        now.NewestRun is { } last && now.Interval > TimeSpan.Zero && time - last.Ended > 2 * now.Interval ? time - last.Ended : null;

    static Headline OfRun(LastRun last, IReadOnlyList<Assessment> judged)
    {
        var (critical, warning) = (Count(judged, Verdict.Critical), Count(judged, Verdict.Warning));
        var (well, other) = (Count(judged, Verdict.Healthy), Count(judged, Verdict.NotAssessed));
        var (bad, all) = (critical + warning, critical + warning + well);
        var more = new List<string>();
        if (bad > 0)
        {
            if (critical > 0)
                more.Add($"{critical} critical");
            if (warning > 0)
                more.Add(warning == 1 ? "1 warning" : $"{warning} warnings");
            if (well > 0)
                more.Add($"{well} well");
        }

        if (other > 0)
            more.Add($"{other} not judged");
        var text = (bad, all, last.Report.Results.Count) switch
        {
            (_, _, 0) => "No database is configured",
            (0, 0, _) => "No database is judged here",
            (0, 1, _) => "The backups are well",
            (0, _, _) => $"All {all} databases have good backups",
            (1, 1, _) => "The database needs attention",
            (1, _, _) => $"1 of {all} databases needs attention",
            _ => bad == all ? $"All {all} databases need attention" : $"{bad} of {all} databases need attention",
        };
        var standing =
            critical > 0 ? Verdict.Critical
            : warning > 0 ? Verdict.Warning
            : all > 0 ? Verdict.Healthy
            : Verdict.NotAssessed;
        return new(standing, text, more.Count == 0 ? "" : string.Join(", ", more) + ".");
    }

    static int Count(IReadOnlyList<Assessment> judged, Verdict standing) => judged.Count(one => one.Verdict == standing);
}
