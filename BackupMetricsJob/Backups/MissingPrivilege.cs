namespace BackupMetricsJob.Backups;

/// <summary>A privilege that the role lacks, what is unknown because of it, and how to fix it.</summary>
/// <param name="Summary">What is missing, for a person.</param>
/// <param name="Advice">The SQL that a superuser has to run in the database that the job connects to, or the backup-metrics command that
/// does it.</param>
internal sealed record MissingPrivilege(string Summary, string Advice)
{
    /// <summary>
    /// Whether only the tool and duration of the last base backup are unknown. The tool's own report has these too, and more reliably.
    /// </summary>
    public bool IsLabel { get; init; }
}
