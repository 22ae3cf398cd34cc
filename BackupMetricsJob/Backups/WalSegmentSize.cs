namespace BackupMetricsJob.Backups;

/// <summary>The size of a WAL segment in bytes: a power of two, as in initdb --wal-segsize.</summary>
internal static class WalSegmentSize
{
    public const long Min = 1 << 20;
    public const long Max = 1 << 30;

    /// <summary>The size if nothing indicates another.</summary>
    public const long Usual = 16 << 20;

    public static bool IsPossible(long bytes) => bytes is >= Min and <= Max && long.IsPow2(bytes);
}
