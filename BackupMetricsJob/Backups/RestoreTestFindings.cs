namespace BackupMetricsJob.Backups;

/// <summary>What the last drill found besides a failure: lost work, and a restore that takes too long.</summary>
internal static class RestoreTestFindings
{
    public static void Add(List<Finding> findings, ProbeResult result)
    {
        foreach (var backup in result.Backups)
        {
            if (backup.LastTest is not { } test)
                continue;
            if (test.Shortfall > TimeSpan.Zero)
                findings.Add(
                    new(
                        true,
                        $"the last restore of {Humanize.Tool(backup.Tool)} came back "
                            + $"{Humanize.Duration(test.Shortfall.Value)} behind what was claimed",
                        "WAL that was said to be archived is missing: take a full backup now, and look for the first missing segment."
                    )
                );
            if (test.RestoreTime is { } time && BackupFindings.Passed(result.Instance, LimitType.Rto, time) is { } limit)
                findings.Add(
                    new(
                        limit.Severity == Severity.Critical,
                        $"the last restore of {Humanize.Tool(backup.Tool)} took {Humanize.Duration(time)}, "
                            + $"the {limit.Severity.Name()} limit is {Humanize.Duration(limit.MaxAge)}",
                        "Take full or differential backups more often, fetch in parallel, or restore to faster storage."
                    )
                );
        }
    }
}
