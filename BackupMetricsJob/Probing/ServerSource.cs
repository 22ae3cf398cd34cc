using BackupMetricsJob.Backups;
using Npgsql;

namespace BackupMetricsJob.Probing;

/// <summary>
/// The source "server": what PostgreSQL knows of its own backups, in one round trip. What is read is handed on at once, query by query.
/// One that the server refuses takes nothing with it but what it alone would have told: the rest is read in another round trip.
/// </summary>
internal sealed class ServerSource(SourceTransaction transaction, Session session, Omissions without, Reading reading)
{
    const string Label = "base_backup";

    readonly List<string> _queries = Queries(session, without);
    ServerEvidence? _evidence;

    /// <summary>Null where all was read that should be; else why not.</summary>
    /// <exception cref="BadDataException">A time is infinite or out of range.</exception>
    public async Task<ProbeFailure?> ReadAsync(CancellationToken cancellationToken)
    {
        ProbeFailure? failure = null;
        var isFirst = true;
        while (_queries.Count > 0)
        {
            try
            {
                NpgsqlBatchCommand[] commands = [.. _queries.Select(query => new NpgsqlBatchCommand(SqlText.Of(query)))];
                await using var batch = isFirst ? transaction.Batch(commands) : transaction.BatchAfterFailure(commands);
                isFirst = false;
                await ReadAsync(batch, cancellationToken);
            }
            catch (PostgresException refused) when (_queries.Count > 0 && !ServerRefusal.IsOfAll(refused))
            {
                transaction.MustRollBack = true;
                if (_evidence is null) return ServerRefusal.OfArchiver(refused, session.Role);
                failure ??= Without(_queries[0], refused);
            }
        }

        return failure ?? (MissingRights.OfMonitor(session, without) is { } missing
            ? new(FailureReason.Privilege, $"role {session.Role} {missing.What}") { Do = missing.Mend }
            : null);
    }

    static List<string> Queries(Session session, Omissions without)
    {
        var queries = new List<string> { "archiver" };
        if (session.MayReadWal && (without & Omissions.Wal) == 0) queries.Add("wal");
        if (session.InRecovery) return queries;
        if (session.MayReadHistory && (without & Omissions.Label) == 0) queries.Add(Label);
        else if (MayReadNames(session, without)) queries.Add("base_backup_by_name");
        return queries;
    }

    static bool MayReadNames(Session session, Omissions without) => session.ListWal.IsThere && (without & Omissions.Wal) == 0;

    async Task ReadAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        for (var isFirst = true; _queries.Count > 0; isFirst = false)
        {
            if (!isFirst) await reader.NextResultAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken)) _evidence = Read(_queries[0], reader);
            if (_queries[0] is not ("archiver" or "wal")) _evidence = _evidence! with { HistoryWasRead = true };
            reading.Add(_evidence!);
            _queries.RemoveAt(0);
        }
    }

    ServerEvidence Read(string query, NpgsqlDataReader reader) => query switch
    {
        "archiver" => Archiver(reader, session),
        "wal" => _evidence! with { Wal = Wal(reader, session), Now = reader.Time(13, "the server's clock") },
        _ => _evidence! with { BaseBackup = Backup(reader) },
    };

    /// <summary>Goes on without a query that the server refused. A label is worth a warning: that there is a backup is known without it.</summary>
    ProbeFailure? Without(string query, PostgresException refused)
    {
        _queries.RemoveAt(0);
        if (query != Label) return ServerRefusal.OfWal(refused, session.Role);
        reading.Add(new MissingRight(
            $"cannot read the label of the last base backup ({ProbeFailures.Of(refused)!.Message}): its tool and duration are unknown", MissingRights.Install(session)));
        if (MayReadNames(session, without)) _queries.Insert(0, "base_backup_by_name");
        return null;
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
        ReceiversAreVisible = session.ReadStatistics.IsThere,
        Receiver = reader.TimeOrNull(11, "a WAL receiver's reply_time") is not { } reply
            ? null
            : new(!reader.IsDBNull(10) && reader.GetBoolean(10), reply, reader.TimeOrNull(12, "the time of a streamed segment")),
    };

    static BaseBackup Backup(NpgsqlDataReader reader) => new(
        Finished: reader.Time(reader.GetOrdinal("finished_at"), "the end of the last base backup"),
        Started: reader.TimeOrNull(reader.GetOrdinal("started_at"), "the start of the last base backup"),
        Tool: reader.GetString(reader.GetOrdinal("tool")));
}
