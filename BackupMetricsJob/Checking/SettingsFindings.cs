using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Checking;

/// <summary>Finds settings that are valid but probably not intended.</summary>
internal static class SettingsFindings
{
    public static IReadOnlyList<Finding> For(JobOptions job)
    {
        var findings = new List<Finding>();
        if (job is { Gateways.Count: 0, Textfile: null })
            findings.Add(new(false, "no gateway is set, so nothing can be pushed", "Set --gateway, or gateway in the file."));
        if (job.Interval is not { } interval)
            findings.Add(
                new(
                    false,
                    "interval is not set, so no alert can notice that the job has stopped",
                    "Set --interval, or interval in the file, to how often the job runs. `schedule` derives it from cron."
                )
            );
        else if (job.Deadline + job.Splay > interval)
            findings.Add(
                new(
                    false,
                    $"a run may take {Humanize.Duration(job.Deadline + job.Splay)}, but one starts every "
                        + $"{Humanize.Duration(interval)}, so two may overlap",
                    "Shorten the deadline or the splay, or run it less often."
                )
            );
        var late = 0;
        foreach (var target in job.Targets)
        {
            if (target.Target?.Timeout > job.Deadline)
                late++;
        }

        if (late > 0)
            findings.Add(
                new(
                    false,
                    $"the timeout of {Humanize.Count(late, "target")} is longer than the deadline of the whole run, "
                        + $"{Humanize.Duration(job.Deadline)}",
                    "Shorten the timeout, or extend the deadline."
                )
            );
        return findings;
    }
}
