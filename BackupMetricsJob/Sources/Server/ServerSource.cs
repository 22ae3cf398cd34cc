using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Server;

/// <summary>
/// The source "server": what PostgreSQL knows of its own backups, in one round trip. What is read is handed on at once, query by query.
/// A query that the server refuses costs only its own facts: the others are read in another round trip.
/// </summary>
internal sealed class ServerSource(
    SourceTransaction transaction,
    ServerCapabilities capabilities,
    Omissions omissions,
    PartialProbeResult progress
)
{
    const string Label = "base_backup";
    const string Cluster = "cluster";

    readonly List<string> _queries = Queries(capabilities, omissions);
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
                    return ServerRefusal.OfArchiver(refused, capabilities.Role);
                failure ??= SkipRefused(_queries[0], refused);
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

    static List<string> Queries(ServerCapabilities capabilities, Omissions omissions)
    {
        var queries = new List<string> { "archiver" };
        if (capabilities.MayReadWal && (omissions & Omissions.Wal) == 0)
            queries.Add("wal");
        if (capabilities.MayReadControl)
            queries.Add(Cluster);
        if (capabilities.InRecovery)
            return queries;
        if (capabilities.MayReadHistory && (omissions & Omissions.Label) == 0)
            queries.Add(Label);
        else if (MayReadNames(capabilities, omissions))
            queries.Add("base_backup_by_name");
        return queries;
    }

    static bool MayReadNames(ServerCapabilities capabilities, Omissions omissions) =>
        capabilities.ListWal.IsGranted && (omissions & Omissions.Wal) == 0;

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
            "archiver" => ServerRows.Archiver(reader, capabilities) with { WalIsOmitted = (omissions & Omissions.Wal) != 0 },
            "wal" => ServerRows.WithWal(_evidence!, reader, capabilities),
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
            return ServerRefusal.OfWal(refused, capabilities.Role);
        progress.Add(
            new MissingPrivilege(
                $"cannot read the label of the last base backup ({ProbeFailures.From(refused)!.Message}): "
                    + "its tool and duration are unknown",
                MissingPrivileges.Install(capabilities)
            )
        );
        if (MayReadNames(capabilities, omissions))
            _queries.Insert(0, "base_backup_by_name");
        return null;
    }
}
