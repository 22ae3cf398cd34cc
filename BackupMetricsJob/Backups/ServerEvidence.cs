namespace BackupMetricsJob.Backups;

/// <summary>
/// What a PostgreSQL server said of itself in one probe. Times are by the server's clock; null is what it did not or may not say.
/// </summary>
internal sealed record ServerEvidence
{
    /// <summary>server_version_num: 150020 is 15.20.</summary>
    public required int VersionNumber { get; init; }

    public required bool InRecovery { get; init; }

    /// <summary>Of the cluster, in pg_control; null where the role may not ask.</summary>
    public ulong? SystemIdentifier { get; init; }

    /// <summary>off, on or always.</summary>
    public required string ArchiveMode { get; init; }

    /// <summary>Whether archive_command or archive_library names anything.</summary>
    public required bool HasArchiveCommand { get; init; }

    /// <summary>Why archive_command succeeds although nothing is stored, in a word; null where it seems to store.</summary>
    public string? DiscardReason { get; init; }

    /// <summary>archive_command copies each segment to the same name, unless that is a directory.</summary>
    public bool MayOverwrite { get; init; }

    /// <summary>archive_command succeeds without storing while a condition holds that the server cannot see.</summary>
    public bool MaySkip { get; init; }

    /// <summary>How far it has written WAL, in bytes; null on a standby.</summary>
    public long? WrittenLsn { get; init; }

    /// <summary>The server's clock when it was asked.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>A time that is in the future by that clock, in words: then nothing is claimed about archiving. Else null.</summary>
    public string? FutureTime { get; init; }

    /// <summary>When the server was started.</summary>
    public DateTimeOffset? Started { get; init; }

    public required ArchiverStatistics Archiver { get; init; }

    /// <summary>
    /// Bytes of WAL written and not archived, by the name of the last archived segment; used where the directories may not be read.
    /// </summary>
    public long? UnarchivedBytesByStatistics { get; init; }

    /// <summary>The user does without pg_wal: then nothing is claimed that it would have shown.</summary>
    public bool WalIsOmitted { get; init; }

    /// <summary>Null where the role may not read pg_wal.</summary>
    public WalEvidence? Wal { get; init; }

    /// <summary>The newest backup history file in pg_wal; null where there is none or it may not be read.</summary>
    public BaseBackup? BaseBackup { get; init; }

    /// <summary>Whether the history files were looked for: only then is one that is not there none.</summary>
    public bool HistoryWasRead { get; init; }

    /// <summary>A standby with archive_mode on has the archive of its primary, and must not claim it.</summary>
    public bool IsNonArchivingStandby => InRecovery && ArchiveMode != "always";
}

/// <summary>pg_stat_archiver, and what archive_command calls: wal-g, pghoard or null; a site only for pghoard.</summary>
internal sealed record ArchiverStatistics(
    long ArchivedCount,
    DateTimeOffset? LastArchived,
    long FailedCount,
    DateTimeOffset? LastFailed,
    string? Tool,
    string? Site
)
{
    /// <summary>Since when it counts: somebody reset it, or the server crashed.</summary>
    public DateTimeOffset? Begin { get; init; }

    /// <summary>Whether the last attempt that was counted failed.</summary>
    public bool FailedLast => LastFailed > (LastArchived ?? DateTimeOffset.MinValue);

    /// <summary>Whether a file was archived since then.</summary>
    public bool HasSucceeded => ArchivedCount > 0 || LastArchived is not null;
}

/// <summary>What the directories pg_wal and pg_wal/archive_status say.</summary>
internal sealed record WalEvidence
{
    public required long DirectoryBytes { get; init; }

    public required long ReadySegments { get; init; }

    /// <summary>Files that wait and are no whole segments: timeline and backup history, the last part of an old timeline.</summary>
    public long ReadyOthers { get; init; }

    /// <summary>Segments that are marked as archived: by the archiver, or by a walreceiver, which marks all that it streamed.</summary>
    public required long DoneSegments { get; init; }

    /// <summary>The files have the times of a copy, so nothing that they say is older than the last success.</summary>
    public bool IsCopy { get; init; }

    /// <summary>archive_command is running now. PostgreSQL shows it since 15.</summary>
    public bool AttemptIsRunning { get; init; }

    /// <summary>Since when the oldest file waits, of any kind.</summary>
    public DateTimeOffset? OldestReady { get; init; }

    /// <summary>Since when the oldest segment waits: when it was complete.</summary>
    public DateTimeOffset? OldestReadySegment { get; init; }

    /// <summary>From the start of the first segment that is not archived to the newest WAL.</summary>
    public long? UnarchivedBytes { get; init; }

    /// <summary>When the newest segment of this timeline before the first one that is not archived was complete, by its mark.</summary>
    public DateTimeOffset? NewestDone { get; init; }

    /// <summary>Segments of this timeline that are marked as archived: the newest of each few seconds or minutes.</summary>
    public IReadOnlyList<WalMark> Done { get; init; } = [];

    /// <summary>When the newest segment of this timeline before the first one that is not archived was written last.</summary>
    public DateTimeOffset? NewestBeforeUnarchived { get; init; }

    /// <summary>When the current segment was written last; null on a standby.</summary>
    public DateTimeOffset? LastWrite { get; init; }

    /// <summary>archive_timeout; zero where it is off.</summary>
    public required TimeSpan ArchiveTimeout { get; init; }

    /// <summary>From the start of the newest base backup to the archive's end; null where either is unknown.</summary>
    public long? ReplayBytes { get; init; }

    /// <summary>Where the archive ends in the WAL stream, in bytes: the start of the first segment that is not archived.</summary>
    public long? ArchiveEnd { get; init; }

    /// <summary>Bytes of a segment.</summary>
    public required long SegmentSize { get; init; }

    /// <summary>The timeline that is written; null on a standby.</summary>
    public int? Timeline { get; init; }

    /// <summary>
    /// When the current timeline began on this server, by its history file and cut to the second; null for the first, and where that file
    /// is gone.
    /// </summary>
    public DateTimeOffset? TimelineBegan { get; init; }

    /// <summary>The timeline on which the newest base backup in pg_wal began.</summary>
    public int? BackupTimeline { get; init; }

    /// <summary>Where that began in the WAL stream, in bytes.</summary>
    public long? BackupStart { get; init; }

    /// <summary>Whether the role sees who streams WAL.</summary>
    public required bool ReceiversAreVisible { get; init; }

    public WalReceiver? Receiver { get; init; }
}

/// <summary>A receiver that keeps WAL as an archive does (pg_receivewal, Barman's streaming), at the furthest flush position.</summary>
/// <param name="IsCurrent">It has flushed all WAL there is.</param>
/// <param name="Reply">When it last said how far it is, by its own clock; null where that is no time.</param>
/// <param name="NewestFlushed">When the newest segment that it has whole was written last.</param>
internal sealed record WalReceiver(bool IsCurrent, DateTimeOffset? Reply, DateTimeOffset? NewestFlushed);

/// <summary>A backup history file: proof that a base backup was stopped, not that it was stored.</summary>
/// <param name="Tool">By its label; unknown where the label may not be read or says nothing.</param>
internal sealed record BaseBackup(DateTimeOffset Finished, DateTimeOffset? Started, string Tool)
{
    /// <summary>Whether it holds only what changed since another one (pg_basebackup --incremental, PostgreSQL 17).</summary>
    public bool IsIncremental { get; init; }
}
