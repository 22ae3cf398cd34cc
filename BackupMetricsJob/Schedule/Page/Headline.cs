using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The headline of the page. Never green if the state is unknown.</summary>
internal sealed record Headline(Verdict Verdict, string Text, string More)
{
    public static Headline From(ScheduleSnapshot now, IReadOnlyList<Assessment> assessments, DateTimeOffset time)
    {
        if (now.Last is null && now.LastClusterSlot is null)
            return new(
                Verdict.NotAssessed,
                "No results yet",
                now.Current is null ? "No run has ended since this process started." : "The first run is active."
            );
        if (now.NewestRun is not { } last)
            return new(
                Verdict.NotAssessed,
                $"See node {now.LastClusterSlot!.Node}",
                "It ran the last slot, so its page and its metrics show the results."
            );
        if (Stale(now, time) is { } since)
            return new(
                Verdict.Critical,
                "The state of the backups is unknown",
                $"The last run ended {Humanize.Duration(since)} ago; it should run every {Humanize.Duration(now.Interval)}. "
                    + "The results below are from that time."
            );
        var backups = OfRun(last, assessments);
        // Good backups are no good news if the job's reports reach nobody.
        return backups.Verdict == Verdict.Critical || Trouble(now, last) is not { } trouble
            ? backups
            : new(Verdict.Critical, trouble, $"{backups.Text}, as far as this node knows. {backups.More}".TrimEnd());
    }

    static string? Trouble(ScheduleSnapshot now, LastRun last) =>
        now.Problem is not null ? "The scheduler does not work"
        : now.StoreProblem is not null ? "The cluster's store is unavailable"
        : now.History is [.., { ExitCode: ExitCode.Bug }] ? "The last run ended with a bug"
        : last.Report.IsDelivered ? null
        : last.Report.Textfile is { Failure: not null } ? "Prometheus has no current data: the last file was not written"
        : "Prometheus has no current data: the last push did not arrive";

    /// <summary>The age of the last run if it is more than two intervals; otherwise null.</summary>
    public static TimeSpan? Stale(ScheduleSnapshot now, DateTimeOffset time) =>
        now.NewestRun is { } last && now.Interval > TimeSpan.Zero && time - last.Ended > 2 * now.Interval ? time - last.Ended : null;

    static Headline OfRun(LastRun last, IReadOnlyList<Assessment> assessments)
    {
        var (critical, warning) = (Count(assessments, Verdict.Critical), Count(assessments, Verdict.Warning));
        var (unknown, other) = (Count(assessments, Verdict.Unknown), Count(assessments, Verdict.NotAssessed));
        var healthy = Count(assessments, Verdict.Healthy);
        var (bad, all) = (critical + unknown + warning, critical + unknown + warning + healthy);
        var more = new List<string>();
        if (bad > 0)
        {
            if (critical > 0)
                more.Add($"{critical} critical");
            if (unknown > 0)
                more.Add($"{unknown} unknown");
            if (warning > 0)
                more.Add(warning == 1 ? "1 warning" : $"{warning} warnings");
            if (healthy > 0)
                more.Add($"{healthy} ok");
        }

        if (other > 0)
            more.Add($"{other} not assessed");
        var text = (bad, all, last.Report.Results.Count) switch
        {
            (_, _, 0) => "No database is configured",
            (0, 0, _) => "No database is assessed here",
            (0, 1, _) => "The backups are OK",
            (0, _, _) => $"All {all} databases have good backups",
            (1, 1, _) when unknown == 1 => "The state of the backups is unknown",
            _ when bad == unknown => $"The state of {(bad == all ? $"all {all}" : $"{bad} of {all}")} databases is unknown",
            (1, 1, _) => "The database needs attention",
            (1, _, _) => $"1 of {all} databases needs attention",
            _ => bad == all ? $"All {all} databases need attention" : $"{bad} of {all} databases need attention",
        };
        var verdict =
            critical > 0 ? Verdict.Critical
            : unknown > 0 ? Verdict.Unknown
            : warning > 0 ? Verdict.Warning
            : all > 0 ? Verdict.Healthy
            : Verdict.NotAssessed;
        return new(verdict, text, more.Count == 0 ? "" : string.Join(", ", more) + ".");
    }

    static int Count(IReadOnlyList<Assessment> assessments, Verdict verdict) => assessments.Count(one => one.Verdict == verdict);
}
