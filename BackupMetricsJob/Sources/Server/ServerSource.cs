using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Server;

/// <summary>
/// The source "server": what PostgreSQL knows of its own backups, in one round trip. What is read is handed on at once, query by query.
/// A query that the server refuses costs only its own facts: the others are read in another round trip.
/// </summary>
internal sealed class ServerSource(SourceTransaction transaction, Session session, Omissions omissions, ProbeProgress progress)
{
    const string Label = "base_backup";
    const string Cluster = "cluster";

    readonly List<string> _queries = Queries(session, omissions);
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
                NpgsqlBatchCommand[] commands = [.. _queries.Select(query => new NpgsqlBatchCommand(SqlText.Load(query)))];
                await using var batch = isFirst ? transaction.Batch(commands) : transaction.BatchAfterFailure(commands);
                isFirst = false;
                await ReadAsync(batch, cancellationToken);
            }
            catch (PostgresException refused) when (_queries.Count > 0 && !ServerRefusal.IsOfAll(refused))
            {
                transaction.MustRollBack = true;
                if (_evidence is null)
                    return ServerRefusal.OfArchiver(refused, session.Role);
                failure ??= SkipRefused(_queries[0], refused);
            }
        }

        return failure
            ?? FutureTimes.Failure(_evidence!)
            ?? (
                MissingRights.OfMonitor(session, omissions) is { } missing
                    ? new(FailureReason.Privilege, $"role {session.Role} {missing.Summary}") { Do = missing.Advice }
                    : null
            );
    }

    static List<string> Queries(Session session, Omissions omissions)
    {
        var queries = new List<string> { "archiver" };
        if (session.MayReadWal && (omissions & Omissions.Wal) == 0)
            queries.Add("wal");
        if (session.MayReadControl)
            queries.Add(Cluster);
        if (session.InRecovery)
            return queries;
        if (session.MayReadHistory && (omissions & Omissions.Label) == 0)
            queries.Add(Label);
        else if (MayReadNames(session, omissions))
            queries.Add("base_backup_by_name");
        return queries;
    }

    static bool MayReadNames(Session session, Omissions omissions) => session.ListWal.IsThere && (omissions & Omissions.Wal) == 0;

    async Task ReadAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        for (var isFirst = true; _queries.Count > 0; isFirst = false)
        {
            if (!isFirst)
                await reader.NextResultAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
                _evidence = FutureTimes.Remove(Read(_queries[0], reader));
            if (_queries[0] is not ("archiver" or "wal" or Cluster))
                _evidence = _evidence! with { HistoryWasRead = true };
            progress.Add(_evidence!);
            _queries.RemoveAt(0);
        }
    }

    ServerEvidence Read(string query, NpgsqlDataReader reader) =>
        query switch
        {
            "archiver" => ServerRows.Archiver(reader, session) with { WalIsOmitted = (omissions & Omissions.Wal) != 0 },
            "wal" => ServerRows.WithWal(_evidence!, reader, session),
            Cluster => _evidence! with { SystemIdentifier = (ulong)reader.GetInt64(0) },
            _ => _evidence! with { BaseBackup = ServerRows.Backup(reader, _evidence!) },
        };

    /// <summary>
    /// Goes on without a query that the server refused. A label is worth a warning: that there is a backup is known without it.
    /// </summary>
    ProbeFailure? SkipRefused(string query, PostgresException refused)
    {
        _queries.RemoveAt(0);
        if (query == Cluster)
            return null;
        if (query != Label)
            return ServerRefusal.OfWal(refused, session.Role);
        progress.Add(
            new MissingRight(
                $"cannot read the label of the last base backup ({ProbeFailures.From(refused)!.Message}): "
                    + "its tool and duration are unknown",
                MissingRights.Install(session)
            )
        );
        if (MayReadNames(session, omissions))
            _queries.Insert(0, "base_backup_by_name");
        return null;
    }
}
