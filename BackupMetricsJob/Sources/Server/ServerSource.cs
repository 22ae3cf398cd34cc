using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Server;

/// <summary>
/// The source "server": PostgreSQL's own knowledge of its backups, in one round trip. Facts are passed on query by query. A query that the
/// server refuses costs only its own facts: the others are read in another round trip.
/// </summary>
internal sealed class ServerSource(
    SourceTransaction transaction,
    ServerCapabilities capabilities,
    Omissions omissions,
    PartialProbeResult partial
)
{
    // The names of the files beside this one.
    const string Archiver = "archiver";
    const string Wal = "wal";
    const string Cluster = "cluster";
    const string BaseBackup = "base_backup";
    const string BaseBackupByName = "base_backup_by_name";

    readonly Queue<string> _pending = Queries(capabilities, omissions);
    ServerEvidence? _evidence;

    /// <summary>Null if everything was read, otherwise why not.</summary>
    /// <exception cref="BadDataException">A time is infinite or out of range.</exception>
    public async Task<ProbeFailure?> ReadAsync(CancellationToken cancellationToken)
    {
        ProbeFailure? failure = null;
        var isFirst = true;
        while (_pending.Count > 0)
        {
            try
            {
                NpgsqlBatchCommand[] commands = [.. _pending.Select(query => new NpgsqlBatchCommand(SqlText.Load(query)))];
                await using var batch = isFirst ? transaction.Batch(commands) : transaction.BatchAfterFailure(commands);
                isFirst = false;
                await ReadBatchAsync(batch, cancellationToken);
            }
            catch (PostgresException refused) when (_pending.Count > 0 && !ServerRefusal.IsOfAll(refused))
            {
                transaction.MustRollBack = true;
                if (_evidence is null)
                    return ServerRefusal.OfArchiver(refused, capabilities.Role);
                var skipped = SkipRefused(_pending.Dequeue(), refused);
                failure ??= skipped;
            }
        }

        return failure
            ?? FutureTimes.Failure(_evidence!)
            ?? (
                MissingPrivileges.OfMonitor(capabilities, omissions) is { } missing
                    ? new(FailureReason.Privilege, $"role {capabilities.Role} {missing.Summary}") { Advice = missing.Advice }
                    : null
            );
    }

    static Queue<string> Queries(ServerCapabilities capabilities, Omissions omissions)
    {
        var queries = new Queue<string>([Archiver]);
        if (capabilities.MayReadWal && !omissions.HasFlag(Omissions.Wal))
            queries.Enqueue(Wal);
        if (capabilities.MayReadControl)
            queries.Enqueue(Cluster);
        if (capabilities.InRecovery)
            return queries;
        if (capabilities.MayReadHistory && !omissions.HasFlag(Omissions.Label))
            queries.Enqueue(BaseBackup);
        else if (MayReadNames(capabilities, omissions))
            queries.Enqueue(BaseBackupByName);
        return queries;
    }

    static bool MayReadNames(ServerCapabilities capabilities, Omissions omissions) =>
        capabilities.ListWal.IsGranted && !omissions.HasFlag(Omissions.Wal);

    async Task ReadBatchAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        for (var isFirst = true; _pending.Count > 0; isFirst = false)
        {
            if (!isFirst)
                await reader.NextResultAsync(cancellationToken);
            var query = _pending.Peek();
            if (await reader.ReadAsync(cancellationToken))
                _evidence = FutureTimes.Remove(Read(query, reader));
            if (query is BaseBackup or BaseBackupByName)
                _evidence = _evidence! with { HistoryWasRead = true };
            partial.SetServer(_evidence!);
            _pending.Dequeue();
        }
    }

    ServerEvidence Read(string query, NpgsqlDataReader reader) =>
        query switch
        {
            Archiver => ServerRows.Archiver(reader, capabilities) with { WalIsOmitted = omissions.HasFlag(Omissions.Wal) },
            Wal => ServerRows.WithWal(_evidence!, reader, capabilities),
            Cluster => _evidence! with { SystemIdentifier = (ulong)reader.GetInt64(0) },
            BaseBackup or BaseBackupByName => _evidence! with { BaseBackup = ServerRows.Backup(reader, _evidence!) },
            _ => throw new ArgumentOutOfRangeException(nameof(query), query, null),
        };

    /// <summary>
    /// Continues without a query that the server refused. A missing label deserves only a warning, because the backup is known without it.
    /// </summary>
    ProbeFailure? SkipRefused(string query, PostgresException refused)
    {
        if (query == Cluster)
            return null;
        if (query != BaseBackup)
            return ServerRefusal.OfWal(refused, capabilities.Role);
        partial.AddMissingPrivilege(
            new MissingPrivilege(
                $"cannot read the label of the last base backup ({ProbeFailures.From(refused)!.Message}): "
                    + "its tool and duration are unknown",
                MissingPrivileges.Install(capabilities)
            )
        );
        if (MayReadNames(capabilities, omissions))
            _pending.Enqueue(BaseBackupByName);
        return null;
    }
}
