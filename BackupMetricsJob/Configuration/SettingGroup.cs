namespace BackupMetricsJob.Configuration;

/// <summary>Under which heading the help lists a setting, in this order.</summary>
internal enum SettingGroup
{
    /// <summary>What most people need; a setting that names no group is here.</summary>
    Common,
    Schedule,
    Backup,
    Restore,
    Connection,
    Evidence,
    Gateway,
    Advanced,
}
