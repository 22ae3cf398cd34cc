using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>Made-up evidence of a healthy primary at noon, for tests to spoil.</summary>
internal static class Evidence
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public const long Segment = 16 << 20;

    public static readonly WalEvidence Wal = new()
    {
        DirectoryBytes = 48 << 20,
        ReadySegments = 0,
        DoneSegments = 2,
        UnarchivedBytes = 5000,
        NewestDone = Noon.AddMinutes(-3),
        NewestBeforeUnarchived = Noon.AddMinutes(-3),
        LastWrite = Noon.AddSeconds(-10),
        ArchiveTimeout = TimeSpan.Zero,
        ReplayBytes = 33_554_432,
        ArchiveEnd = 7 * Segment,
        SegmentSize = Segment,
        Timeline = 1,
        BackupTimeline = 1,
        BackupStart = 5 * Segment,
        ReceiversAreVisible = true,
    };

    public static readonly ServerEvidence Server = new()
    {
        VersionNumber = 150020,
        InRecovery = false,
        ArchiveMode = "on",
        HasArchiveCommand = true,
        Now = Noon,
        Archiver = new(10, Noon.AddMinutes(-3), 0, null, null, null),
        Wal = Wal,
        HistoryWasRead = true,
    };

    public static readonly BackupFacts Backup = new(SourceName.Server, "pg_basebackup", BackupType.Base)
    {
        LastSuccess = Noon.AddHours(-3),
        Age = TimeSpan.FromHours(3),
        LastDuration = TimeSpan.FromMinutes(4),
    };

    public static readonly Instance Orders = new("orders", [new("team", "payments")], AgeLimit.Defaults, [SourceName.Server]);

    public static readonly ProbeResult Result = new(Orders)
    {
        At = Noon,
        Duration = TimeSpan.FromSeconds(0.25),
        ClockOffset = TimeSpan.FromSeconds(0.5),
        Server = Server,
        Backups = [Backup],
        SourcesThatAnswered = [SourceName.Server],
    };

    public static ProbeResult Failed(FailureReason reason, string message) =>
        new(Orders)
        {
            At = Noon,
            Duration = TimeSpan.FromSeconds(1),
            Failure = new(reason, message),
        };
}
