namespace BackupMetricsJob.Backups;

/// <summary>The state of WAL archiving on a server.</summary>
internal enum ArchiverState
{
    /// <summary>The last attempt succeeded, or archiving is on and nothing has had to be archived since.</summary>
    Ok,

    /// <summary>The last attempt failed, nothing was archived for too long while WAL waits, or no archive_command is set.</summary>
    Failing,

    /// <summary>Failing, and no WAL was ever archived.</summary>
    Never,

    /// <summary>archive_command succeeds but stores nothing. Sources/Server/archiver.sql recognises such commands.</summary>
    Discarded,

    /// <summary>archive_mode is off, and no receiver takes the WAL.</summary>
    Off,

    /// <summary>archive_mode is off, and a receiver such as pg_receivewal takes the WAL.</summary>
    Streamed,

    /// <summary>A standby that does not archive; its primary does.</summary>
    Standby,
}

/// <summary>Derives the state from the server's evidence; its name is the label value.</summary>
internal static class ArchiverStates
{
    /// <summary>
    /// How long a file may wait, with nothing archived, before the archiver counts as failing. PostgreSQL tries three times, a second
    /// apart, and again after a minute, so two minutes allow two rounds. A file waits from the time its segment is complete, so
    /// archive_timeout does not matter.
    /// </summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    /// <summary>The limit while archive_command is running, since an upload may be slow. Beyond it, the command counts as hung.</summary>
    public static readonly TimeSpan MaxAttempt = TimeSpan.FromMinutes(15);

    public static ReadOnlySpan<ArchiverState> All =>
        [
            ArchiverState.Ok,
            ArchiverState.Failing,
            ArchiverState.Never,
            ArchiverState.Discarded,
            ArchiverState.Off,
            ArchiverState.Streamed,
            ArchiverState.Standby,
        ];

    public static string Name(this ArchiverState state) =>
        state switch
        {
            ArchiverState.Ok => "ok",
            ArchiverState.Failing => "failing",
            ArchiverState.Never => "never",
            ArchiverState.Discarded => "discarded",
            ArchiverState.Off => "off",
            ArchiverState.Streamed => "streamed",
            ArchiverState.Standby => "standby",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
        };

    /// <summary>
    /// The state, or null if unknown. After a crash, pg_stat_archiver is all zeros. So the state is "never" only if no segment is marked as
    /// archived and another one is waiting.
    /// </summary>
    public static ArchiverState? Classify(ServerEvidence server)
    {
        if (server.IsNonArchivingStandby)
            return ArchiverState.Standby;
        if (server.ArchiveMode == "off")
            return OfUnarchived(server.Wal);
        if (server.DiscardReason is not null)
            return ArchiverState.Discarded;
        // Without a command nothing will be archived, whether something is waiting already or not.
        if (!server.HasArchiveCommand)
            return server.Archiver.HasSucceeded || server.Wal is { DoneSegments: > 0 } ? ArchiverState.Failing : ArchiverState.Never;
        if (server.FutureTime is not null)
            return null;

        var archiver = server.Archiver;
        var waits = server.Wal is { OldestReady: not null };
        if (archiver.FailedLast || StuckFor(server) is not null)
            return archiver.HasSucceeded || !waits || server.Wal is { DoneSegments: > 0 } ? ArchiverState.Failing : ArchiverState.Never;
        return archiver.HasSucceeded && !server.WalIsOmitted ? ArchiverState.Ok : null;
    }

    /// <summary>
    /// How long nothing has been archived while files wait; null if within the limit. PostgreSQL counts no failure if the
    /// command ends with a code above 125, a library cannot be loaded or the archiver does not run.
    /// </summary>
    public static TimeSpan? StuckFor(ServerEvidence server)
    {
        if (server.Wal?.OldestReady is not { } since)
            return null;
        if (server.Archiver.LastArchived > since)
            since = server.Archiver.LastArchived.Value;
        if (server.Started > since)
            since = server.Started.Value;
        return server.Now - since > (server.Wal.AttemptIsRunning ? MaxAttempt : MaxWait) ? server.Now - since : null;
    }

    static ArchiverState? OfUnarchived(WalEvidence? wal) =>
        wal switch
        {
            { Receiver: not null } => ArchiverState.Streamed,
            { ReceiversAreVisible: true } => ArchiverState.Off,
            _ => null,
        };
}
