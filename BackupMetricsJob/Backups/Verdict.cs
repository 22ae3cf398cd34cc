namespace BackupMetricsJob.Backups;

/// <summary>The overall state of a database's backups, worst first. `show`, the page and the alerts all share this definition.</summary>
internal enum Verdict
{
    Critical,

    /// <summary>Unknown state: the database could not be queried, or nothing is known that could be judged.</summary>
    Unknown,
    Warning,
    Healthy,

    /// <summary>A standby, whose backups are its primary's, or a database that only holds facts about others.</summary>
    NotAssessed,
}

/// <summary>Judges a result by its findings. The recorded series postgres_backup_verdict says the same in Prometheus.</summary>
internal static class Verdicts
{
    /// <param name="result">The result of the probe.</param>
    /// <param name="findings">The findings of <see cref="Findings.For"/> about the result.</param>
    /// <param name="isStale">Whether the result is too old. A problem remains a problem; anything else becomes unknown.</param>
    public static Verdict For(ProbeResult result, IReadOnlyList<Finding> findings, bool isStale = false)
    {
        if (findings.Any(finding => finding is { IsCritical: true, IsProbeFailure: false }))
            return Verdict.Critical;
        if (result.Failure is not null || result.SourceFailures.Count > 0)
            return Verdict.Unknown;
        if (findings.Count == 0 && (!result.IsMonitored || result.Server is { IsNonArchivingStandby: true }))
            return Verdict.NotAssessed;
        if (isStale)
            return Verdict.Unknown;
        if (findings.Count > 0)
            return Verdict.Warning;
        return HasBackup(result) ? Verdict.Healthy : Verdict.Unknown;
    }

    // If no limit requires a backup and none is known, there is nothing that could be healthy.
    static bool HasBackup(ProbeResult result) =>
        result.Backups.Any(backup => backup.LastSuccess is not null && (backup.Type.IsPhysical() || backup.Type == BackupType.Logical));
}
