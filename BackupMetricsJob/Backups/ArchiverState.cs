namespace BackupMetricsJob.Backups;

/// <summary>How WAL archiving stands on a server.</summary>
internal enum ArchiverState
{
    /// <summary>The last attempt succeeded, or archiving is on and nothing has had to be archived since.</summary>
    Ok,

    /// <summary>The last attempt failed, or WAL waits and there is no command that could take it.</summary>
    Failing,

    /// <summary>WAL waits, and none was ever archived.</summary>
    Never,

    /// <summary>archive_mode is off, and nobody streams the WAL away either.</summary>
    Off,

    /// <summary>archive_mode is off, and a receiver such as pg_receivewal takes the WAL.</summary>
    Streamed,

    /// <summary>A standby that does not archive by itself: its primary does.</summary>
    Standby,
}

/// <summary>Reads the state of archiving from what the server said, and spells it.</summary>
internal static class ArchiverStates
{
    public static ReadOnlySpan<ArchiverState> All =>
        [ArchiverState.Ok, ArchiverState.Failing, ArchiverState.Never, ArchiverState.Off, ArchiverState.Streamed, ArchiverState.Standby];

    public static string Name(this ArchiverState state) => state switch
    {
        ArchiverState.Ok => "ok",
        ArchiverState.Failing => "failing",
        ArchiverState.Never => "never",
        ArchiverState.Off => "off",
        ArchiverState.Streamed => "streamed",
        ArchiverState.Standby => "standby",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>
    /// The state, or null where nothing is known. After a crash pg_stat_archiver is all zeros, so "never" is said only where no
    /// segment bears the mark of an archived one and another waits.
    /// </summary>
    public static ArchiverState? Of(ServerEvidence server)
    {
        if (server.DoesNotArchiveItself) return ArchiverState.Standby;
        if (server.ArchiveMode == "off") return OfUnarchived(server.Wal);

        var archiver = server.Archiver;
        if (archiver.LastFailed is { } failed && (archiver.LastArchived is not { } archived || failed > archived))
            return WasEverArchived(server) ? ArchiverState.Failing : NeverUnlessUnknown(server.Wal);
        if (server.Wal is { ReadySegments: > 0 } wal)
        {
            if (!WasEverArchived(server)) return NeverUnlessUnknown(wal);
            if (!server.HasArchiveCommand) return ArchiverState.Failing;
        }

        return WasEverArchived(server) ? ArchiverState.Ok : null;
    }

    static ArchiverState? OfUnarchived(WalEvidence? wal) => wal switch
    {
        { Receiver: not null } => ArchiverState.Streamed,
        { ReceiversAreVisible: true } => ArchiverState.Off,
        _ => null,
    };

    static bool WasEverArchived(ServerEvidence server) =>
        server.Archiver.ArchivedCount > 0 || server.Archiver.LastArchived is not null || server.Wal is { DoneSegments: > 0 };

    // Failures were counted and no success: without the directory nobody can tell "never" from "not since the statistics began".
    static ArchiverState NeverUnlessUnknown(WalEvidence? wal) => wal is null or { ReadySegments: 0 } ? ArchiverState.Failing : ArchiverState.Never;
}
