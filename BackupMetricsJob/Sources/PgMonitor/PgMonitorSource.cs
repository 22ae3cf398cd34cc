using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.PgMonitor;

/// <summary>
/// The source "pgmonitor": the output of `pgbackrest info`, which pgMonitor keeps in a table. pgBackRest lists no failed backups and always
/// exits with 0; a stanza's status tells what is wrong. A bad status fails the source even if backups are listed. "No valid backups" is an
/// answer, not a failure.
/// </summary>
internal static class PgMonitorSource
{
    public static async Task<ProbeFailure?> ReadAsync(
        SourceTransaction transaction,
        ServerCapabilities capabilities,
        SourceClock clock,
        string self,
        List<InstanceFacts> found,
        CancellationToken cancellationToken
    )
    {
        if (capabilities.PgBackRestTable is not { } table)
            return new(FailureReason.Sql, "source pgmonitor: there is no table pgbackrest_info in this database")
            {
                Advice = "Connect to the database that pgMonitor's extension is in, and switch its pgbackrest_info on.",
            };

        await using var batch = transaction.Batch(
            new NpgsqlBatchCommand(
                SqlText
                    .Load("source_pgmonitor")
                    .Replace("{table}", table, StringComparison.Ordinal)
                    .Replace("{read}", string.Join(", ", PgBackRestStatus.Read.Select(code => $"'{code}'")), StringComparison.Ordinal)
            )
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var facts = new InstanceFacts(SourceName.PgMonitor, self);
        var builder = new BackupFactsBuilder(SourceName.PgMonitor, clock.Now);
        string? wrong = null;
        var rows = 0;
        for (; await reader.ReadAsync(cancellationToken); rows++)
        {
            var ofRow = Add(reader, clock, builder, facts.Storages);
            wrong ??= ofRow;
        }

        builder.AddTo(facts.Backups);
        if (facts.Storages.Count == 1)
            facts.Storages.Clear(); // The backups contain the same information.
        found.Add(facts);
        if (rows == 0)
            wrong = $"{table} is empty: pgBackRest knows of no stanza, or pgMonitor has not asked it yet";
        return wrong is null
            ? null
            : new(FailureReason.BadData, "source pgmonitor: " + wrong)
            {
                Advice = "Run pgbackrest info where pgMonitor runs it, and read what it says.",
            };
    }

    static string? Add(NpgsqlDataReader row, SourceClock clock, BackupFactsBuilder builder, List<StorageFacts> storages)
    {
        if (row.TextOrNull("stanza") is not { } stanza)
            return "a row is not what pgbackrest info --output=json prints";
        var wrong =
            row.IntegerOrNull("status_code") is not { } status ? $"stanza {stanza} has no status"
            : !PgBackRestStatus.IsRead(status) && !PgBackRestStatus.IsLeftToRepositories(status)
                ? $"stanza {stanza}: {row.TextOrNull("status_message")} (status {status})"
            : row.TextOrNull("repository_errors") is { } ofRepositories ? $"stanza {stanza}: {ofRepositories}"
            : null;
        if (row.TextOrNull("other_cluster") is { } other)
            wrong = ClusterIdentity.Message(
                "the",
                $"stanza {stanza}",
                $"system identifier {other}",
                $"the server's is {row.Text("own_cluster")}"
            );
        if (row.TextOrNull("label") is not { } label)
            return wrong;

        var type = row.TextOrNull("kind") is { } name ? BackupTypeNames.Parse(name) : null;
        if (type is null || row.IsNull("finished_at"))
            return $"stanza {stanza}: backup {label} has no type or no end";
        var started = row.TimeOrNull("started_at", $"the start of {label}");
        var finished = row.Time("finished_at", $"the end of {label}");
        if (clock.IsFuture(finished))
            return $"stanza {stanza}: backup {label} finished {clock.Future(finished)}";
        builder.Add(
            new("pgbackrest", type.Value, BackupState.Done)
            {
                Started = started,
                Finished = finished,
                Storage = stanza + "\n" + row.Text("repository"),
                Id = label,
                ParentId = row.TextOrNull("parent"),
                Size = row.LongOrNull("size_bytes"),
                Stored = row.LongOrNull("stored_bytes"),
                HasErrors = row.FlagOrNull("has_errors"),
                StartLsn = row.LongOrNull("start_lsn"),
                StartSegment = row.TextOrNull("start_wal"),
            }
        );
        if (row.Text("repository") is { Length: > 0 } key)
            Store(storages, "repo" + key, new(type.Value, finished, clock.Since(finished)));
        return wrong;
    }

    /// <summary>
    /// Keeps the newest backup of each type in each repository. Before pgBackRest 2.32 there is one repository without a name.
    /// </summary>
    static void Store(List<StorageFacts> storages, string name, StoredBackup backup)
    {
        var at = storages.FindIndex(storage => storage.Name == name);
        var known = at < 0 ? new(SourceName.PgMonitor, "pgbackrest", name) : storages[at];
        if (known.Newest.Any(other => other.Type == backup.Type && other.Finished >= backup.Finished))
            return;
        known = known with { Newest = [.. known.Newest.Where(other => other.Type != backup.Type), backup] };
        if (at < 0)
            storages.Add(known);
        else
            storages[at] = known;
    }
}
