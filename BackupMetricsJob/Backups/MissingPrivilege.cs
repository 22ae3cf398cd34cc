namespace BackupMetricsJob.Backups;

/// <summary>What a role may not read, what is unknown because of that, and what fixes it.</summary>
/// <param name="Summary">The fact that is missing, for a person.</param>
/// <param name="Advice">SQL to be run by a superuser in the database that the job connects to, or the command of ours that does it.</param>
internal sealed record MissingPrivilege(string Summary, string Advice)
{
    /// <summary>Whether only the tool and the duration of the last base backup are unknown, which a tool's own word tells better.</summary>
    public bool IsLabel { get; init; }
}
