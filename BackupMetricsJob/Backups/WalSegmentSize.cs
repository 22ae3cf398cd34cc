namespace BackupMetricsJob.Backups;

/// <summary>How many bytes a WAL segment has: a power of two, as initdb --wal-segsize takes it.</summary>
internal static class WalSegmentSize
{
    public const long Min = 1 << 20;
    public const long Max = 1 << 30;

    /// <summary>Where nothing tells another.</summary>
    public const long Usual = 16 << 20;

    public static bool IsPossible(long bytes) => bytes is >= Min and <= Max && long.IsPow2(bytes);
}
