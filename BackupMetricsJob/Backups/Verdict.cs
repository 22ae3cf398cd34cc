namespace BackupMetricsJob.Backups;

/// <summary>How a database's backups stand, worst first: the one definition that `show`, the page and the alerts share.</summary>
internal enum Verdict
{
    Critical,

    /// <summary>Whether it is well is not known: it could not be asked, or nothing is known of it that could be judged.</summary>
    Unknown,
    Warning,
    Healthy,

    /// <summary>A standby, whose backups are its primary's, or a database that only holds facts about others.</summary>
    NotAssessed,
}

/// <summary>Judges a result by its findings. The recorded series postgres_backup_verdict says the same in Prometheus.</summary>
internal static class Verdicts
{
    /// <param name="result">What is known.</param>
    /// <param name="findings">What <see cref="Findings.For"/> says of it.</param>
    /// <param name="isStale">Whether it is from too long ago: a problem stays one, and nothing else is known any more.</param>
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

    // Where no limit asks for a backup, and none is known, there is nothing that could be well.
    static bool HasBackup(ProbeResult result) =>
        result.Backups.Any(backup => backup.LastSuccess is not null && (backup.Type.IsPhysical() || backup.Type == BackupType.Logical));
}
