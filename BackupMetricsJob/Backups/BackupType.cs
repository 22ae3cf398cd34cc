namespace BackupMetricsJob.Backups;

/// <summary>The type of a backup. The names are pgBackRest's, plus <see cref="Base"/> for a base backup of unknown type.</summary>
internal enum BackupType
{
    Base,
    Full,
    Diff,
    Incr,
    Logical,
    Wal,

    /// <summary>Not a backup: a test restore of one.</summary>
    RestoreTest,
}

/// <summary>The spelling of a <see cref="BackupType"/> in labels and in messages.</summary>
internal static class BackupTypeNames
{
    public static string Name(this BackupType type) =>
        type switch
        {
            BackupType.Base => "base",
            BackupType.Full => "full",
            BackupType.Diff => "diff",
            BackupType.Incr => "incr",
            BackupType.Logical => "logical",
            BackupType.Wal => "wal",
            BackupType.RestoreTest => "restore_test",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };

    /// <summary>The type of this name; null if there is none.</summary>
    public static BackupType? Parse(string name) =>
        name switch
        {
            "base" => BackupType.Base,
            "full" => BackupType.Full,
            "diff" => BackupType.Diff,
            "incr" => BackupType.Incr,
            "logical" => BackupType.Logical,
            "wal" => BackupType.Wal,
            "restore_test" => BackupType.RestoreTest,
            _ => null,
        };

    /// <summary>Whether a restore of this type yields a whole cluster on which WAL can be replayed.</summary>
    public static bool IsPhysical(this BackupType type) => type is BackupType.Base or BackupType.Full or BackupType.Diff or BackupType.Incr;
}
