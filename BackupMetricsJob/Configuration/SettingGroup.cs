namespace BackupMetricsJob.Configuration;

/// <summary>The headings under which the help lists settings, in this order.</summary>
internal enum SettingGroup
{
    /// <summary>The settings that most people need, and every setting without a group.</summary>
    Common,
    Schedule,
    Backup,
    Restore,
    Connection,
    Evidence,
    Gateway,
    Advanced,
}
