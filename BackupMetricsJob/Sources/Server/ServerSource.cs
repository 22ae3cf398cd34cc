using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Server;

/// <summary>
/// The source "server": what PostgreSQL knows of its own backups, in one round trip. What is read is handed on at once, query by
/// query, so that a later one that fails takes nothing with it.
/// </summary>
internal static class ServerSource
{
    /// <exception cref="BadDataException">A time is infinite or out of range.</exception>
    public static async Task ReadAsync(SourceTransaction transaction, Session session, Action<ServerEvidence> found, CancellationToken cancellationToken)
    {
        var history = !session.InRecovery && (session.MayReadHistory || session.MayListWal);
        var commands = new List<NpgsqlBatchCommand> { new(SqlText.Of("archiver")) };
        if (session.MayListWal) commands.Add(new(SqlText.Of("wal")));
        if (history) commands.Add(new(SqlText.Of(session.MayReadHistory ? "base_backup" : "base_backup_by_name")));

        await using var batch = transaction.Batch([.. commands]);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var evidence = Archiver(reader, session);
        found(evidence);
        if (session.MayListWal)
        {
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            evidence = evidence with { Wal = Wal(reader, session), Now = reader.Time(13, "the server's clock") };
            found(evidence);
        }

        if (history)
        {
            await reader.NextResultAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken)) found(evidence with { BaseBackup = Backup(reader) });
        }
    }

    static ServerEvidence Archiver(NpgsqlDataReader reader, Session session) => new()
    {
        VersionNumber = session.VersionNumber,
        InRecovery = session.InRecovery,
        Now = session.Now,
        ArchiveMode = reader.GetString(0),
        HasArchiveCommand = reader.GetBoolean(1),
        Archiver = new(
            ArchivedCount: reader.GetInt64(4),
            LastArchived: reader.TimeOrNull(5, "last_archived_time"),
            FailedCount: reader.GetInt64(6),
            LastFailed: reader.TimeOrNull(7, "last_failed_time"),
            Tool: reader.IsDBNull(2) ? null : reader.GetString(2),
            Site: reader.IsDBNull(3) ? null : reader.GetString(3)),
        UnarchivedBytesByStatistics = reader.LongOrNull(8),
    };

    static WalEvidence Wal(NpgsqlDataReader reader, Session session) => new()
    {
        DirectoryBytes = reader.GetInt64(0),
        ReadySegments = reader.GetInt64(1),
        DoneSegments = reader.GetInt64(2),
        OldestReady = reader.TimeOrNull(3, "the time of the oldest .ready file"),
        UnarchivedBytes = reader.LongOrNull(4),
        NewestDone = reader.TimeOrNull(5, "the time of the newest .done file"),
        NewestBeforeUnarchived = reader.TimeOrNull(6, "the time of an archived segment"),
        LastWrite = reader.TimeOrNull(7, "the time of the current segment"),
        ArchiveTimeout = TimeSpan.FromSeconds(reader.GetDouble(8)),
        ReplayBytes = reader.LongOrNull(9),
        ArchiveEnd = reader.LongOrNull(14),
        ReceiversAreVisible = session.MayReadStatistics,
        Receiver = reader.TimeOrNull(11, "a WAL receiver's reply_time") is not { } reply
            ? null
            : new(!reader.IsDBNull(10) && reader.GetBoolean(10), reply, reader.TimeOrNull(12, "the time of a streamed segment")),
    };

    static BaseBackup Backup(NpgsqlDataReader reader) => new(
        Finished: reader.Time(0, "the end of the last base backup"),
        Started: reader.TimeOrNull(1, "the start of the last base backup"),
        Tool: reader.GetString(2));
}
