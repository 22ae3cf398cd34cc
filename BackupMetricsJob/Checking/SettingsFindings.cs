using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Checking;

/// <summary>Settings that are allowed and yet hardly meant.</summary>
internal static class SettingsFindings
{
    public static IReadOnlyList<Finding> For(JobOptions job)
    {
        var findings = new List<Finding>();
        if (job.Gateways.Count == 0)
            findings.Add(new(false, "no gateway is named: nothing can be pushed", "Set --gateway, or gateway in the file."));
        if (job.Interval is not { } interval)
            findings.Add(
                new(
                    false,
                    "interval is not set: no alert can tell that the job stopped",
                    "Set --interval, or interval in the file, to how often the job is run; `schedule` takes it from cron."
                )
            );
        else if (job.Deadline + job.Splay > interval)
            findings.Add(
                new(
                    false,
                    $"a run may take {Humanize.Duration(job.Deadline + job.Splay)} and is due every "
                        + $"{Humanize.Duration(interval)}: two may meet",
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
                    $"{Humanize.Count(late, "target")} may take longer than the deadline of the whole run, "
                        + $"{Humanize.Duration(job.Deadline)}",
                    "Shorten the timeout, or lengthen the deadline."
                )
            );
        return findings;
    }
}
