namespace BackupMetricsJob.Backups;

/// <summary>
/// What a PostgreSQL server reported about itself in one probe. Times are by the server's clock; null is what it did not report, or what
/// the role may not read.
/// </summary>
internal sealed record ServerEvidence
{
    /// <summary>server_version_num: 150020 is 15.20.</summary>
    public required int VersionNumber { get; init; }

    public required bool InRecovery { get; init; }

    /// <summary>The cluster's system identifier from pg_control; null if the role may not read it.</summary>
    public ulong? SystemIdentifier { get; init; }

    /// <summary>off, on or always.</summary>
    public required string ArchiveMode { get; init; }

    /// <summary>Whether archive_command or archive_library is set.</summary>
    public required bool HasArchiveCommand { get; init; }

    /// <summary>Why archive_command succeeds without storing anything, in a word; null if it seems to store WAL.</summary>
    public string? DiscardReason { get; init; }

    /// <summary>Whether archive_command copies each segment to the same name, unless that name is a directory.</summary>
    public bool MayOverwrite { get; init; }

    /// <summary>Whether archive_command succeeds without storing while a condition holds that the server cannot see.</summary>
    public bool MaySkip { get; init; }

    /// <summary>The position up to which the server has written WAL, in bytes; null on a standby.</summary>
    public long? WrittenLsn { get; init; }

    /// <summary>The server's clock at the time of the probe.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>
    /// Describes a time that lies in the future by that clock. Then nothing is concluded about archiving. Otherwise null.
    /// </summary>
    public string? FutureTime { get; init; }

    /// <summary>When the server was started.</summary>
    public DateTimeOffset? Started { get; init; }

    public required ArchiverStatistics Archiver { get; init; }

    /// <summary>
    /// Bytes of WAL written but not archived, computed from the name of the last archived segment. Used if the role may not read the
    /// directories.
    /// </summary>
    public long? UnarchivedBytesByStatistics { get; init; }

    /// <summary>Whether the user opted out of reading pg_wal. Then nothing that pg_wal would show is concluded.</summary>
    public bool WalIsOmitted { get; init; }

    /// <summary>Null if the role may not read pg_wal.</summary>
    public WalEvidence? Wal { get; init; }

    /// <summary>The newest backup history file in pg_wal; null if there is none or the role may not read it.</summary>
    public BaseBackup? BaseBackup { get; init; }

    /// <summary>Whether the history files were read. Only then does a missing file mean that there is none.</summary>
    public bool HistoryWasRead { get; init; }

    /// <summary>
    /// Whether this is a standby that does not archive. With archive_mode on, its archive is the primary's, and it must not report that as
    /// its own.
    /// </summary>
    public bool IsNonArchivingStandby => InRecovery && ArchiveMode != "always";
}

/// <summary>pg_stat_archiver, and the tool that archive_command calls: wal-g, pghoard or null. The site is set only for pghoard.</summary>
internal sealed record ArchiverStatistics(
    long ArchivedCount,
    DateTimeOffset? LastArchived,
    long FailedCount,
    DateTimeOffset? LastFailed,
    string? Tool,
    string? Site
)
{
    /// <summary>Since when the statistics count: the last reset, by somebody or by a crash.</summary>
    public DateTimeOffset? Begin { get; init; }

    /// <summary>Whether the last counted attempt failed.</summary>
    public bool FailedLast => LastFailed > (LastArchived ?? DateTimeOffset.MinValue);

    /// <summary>Whether a file has been archived since the last reset.</summary>
    public bool HasSucceeded => ArchivedCount > 0 || LastArchived is not null;
}

/// <summary>What the directories pg_wal and pg_wal/archive_status show.</summary>
internal sealed record WalEvidence
{
    public required long DirectoryBytes { get; init; }

    public required long ReadySegments { get; init; }

    /// <summary>
    /// Waiting files that are not complete segments: timeline history, backup history, and the partial last segment of an old timeline.
    /// </summary>
    public long ReadyOthers { get; init; }

    /// <summary>Segments marked as archived by the archiver, or by a walreceiver, which marks everything that it streamed.</summary>
    public required long DoneSegments { get; init; }

    /// <summary>Whether the files have the times of a copy. Then nothing they show can be older than the last success.</summary>
    public bool IsCopy { get; init; }

    /// <summary>Whether archive_command is running now. PostgreSQL shows this since version 15.</summary>
    public bool AttemptIsRunning { get; init; }

    /// <summary>Since when the oldest file of any kind has been waiting.</summary>
    public DateTimeOffset? OldestReady { get; init; }

    /// <summary>Since when the oldest segment has been waiting, which is when it was completed.</summary>
    public DateTimeOffset? OldestReadySegment { get; init; }

    /// <summary>Bytes from the start of the first unarchived segment to the newest WAL.</summary>
    public long? UnarchivedBytes { get; init; }

    /// <summary>When the newest segment of this timeline before the first unarchived one was completed, by its .done file.</summary>
    public DateTimeOffset? NewestDone { get; init; }

    /// <summary>Segments of this timeline that are marked as archived: the newest in each interval of a few seconds or minutes.</summary>
    public IReadOnlyList<WalMark> Done { get; init; } = [];

    /// <summary>When the newest segment of this timeline before the first unarchived one was last written.</summary>
    public DateTimeOffset? NewestBeforeUnarchived { get; init; }

    /// <summary>When the current segment was last written; null on a standby.</summary>
    public DateTimeOffset? LastWrite { get; init; }

    /// <summary>archive_timeout; zero if it is off.</summary>
    public required TimeSpan ArchiveTimeout { get; init; }

    /// <summary>Bytes from the start of the newest base backup to the archive's end; null if either is unknown.</summary>
    public long? ReplayBytes { get; init; }

    /// <summary>Where the archive ends in the WAL stream, in bytes: the start of the first unarchived segment.</summary>
    public long? ArchiveEnd { get; init; }

    /// <summary>The size of a segment in bytes.</summary>
    public required long SegmentSize { get; init; }

    /// <summary>The timeline that the server writes; null on a standby.</summary>
    public int? Timeline { get; init; }

    /// <summary>
    /// When the current timeline began on this server, by its history file, cut to the second; null for the first timeline, and if that
    /// file is gone.
    /// </summary>
    public DateTimeOffset? TimelineBegan { get; init; }

    /// <summary>The timeline on which the newest base backup known from pg_wal started.</summary>
    public int? BackupTimeline { get; init; }

    /// <summary>Where that backup started in the WAL stream, in bytes.</summary>
    public long? BackupStart { get; init; }

    /// <summary>Whether the role can see who streams WAL.</summary>
    public required bool ReceiversAreVisible { get; init; }

    public WalReceiver? Receiver { get; init; }
}

/// <summary>
/// A receiver that keeps WAL like an archive (pg_receivewal, Barman's streaming): the one with the furthest flush position.
/// </summary>
/// <param name="IsCurrent">Whether the receiver has flushed all existing WAL.</param>
/// <param name="Reply">When the receiver last reported its position, by its own clock; null if the reported time is invalid.</param>
/// <param name="NewestFlushed">When the newest segment that the receiver has completely was last written.</param>
internal sealed record WalReceiver(bool IsCurrent, DateTimeOffset? Reply, DateTimeOffset? NewestFlushed);

/// <summary>A backup history file. It proves that a base backup was stopped, not that it was stored.</summary>
/// <param name="Tool">The tool according to the label; unknown if the label is unreadable or names none.</param>
internal sealed record BaseBackup(DateTimeOffset Finished, DateTimeOffset? Started, string Tool)
{
    /// <summary>Whether the backup contains only the changes since another one (pg_basebackup --incremental, PostgreSQL 17).</summary>
    public bool IsIncremental { get; init; }
}
