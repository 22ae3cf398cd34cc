using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.PgMonitor;

/// <summary>
/// The source "pgmonitor": the output of `pgbackrest info`, which pgMonitor keeps in a table of the database. pgBackRest lists no failed
/// backup, always exits with 0, and says in a stanza's status what is wrong: then the source failed, although backups are listed.
/// </summary>
internal static class PgMonitorSource
{
    public static async Task<ProbeFailure?> ReadAsync(
        SourceTransaction transaction,
        Session session,
        SourceClock clock,
        string self,
        List<InstanceFacts> found,
        CancellationToken cancellationToken
    )
    {
        if (session.PgBackRestTable is not { } table)
            return new(FailureReason.Sql, "source pgmonitor: there is no table pgbackrest_info in this database")
            {
                Do = "Connect to the database that pgMonitor's extension is in, and switch its pgbackrest_info on.",
            };

        await using var batch = transaction.Batch(
            new NpgsqlBatchCommand(SqlText.Load("source_pgmonitor").Replace("{table}", table, StringComparison.Ordinal))
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var fold = new BackupFactsBuilder(SourceName.PgMonitor, clock.Now);
        string? wrong = null;
        var rows = 0;
        for (; await reader.ReadAsync(cancellationToken); rows++)
        {
            var ofRow = Add(reader, clock, fold);
            wrong ??= ofRow;
        }

        var facts = new InstanceFacts(SourceName.PgMonitor, self);
        fold.AddTo(facts.Backups);
        found.Add(facts);
        if (rows == 0)
            wrong = $"{table} is empty: pgBackRest knows of no stanza, or pgMonitor has not asked it yet";
        return wrong is null
            ? null
            : new(FailureReason.BadData, "source pgmonitor: " + wrong)
            {
                Do = "Run pgbackrest info where pgMonitor runs it, and read what it says.",
            };
    }

    static string? Add(NpgsqlDataReader row, SourceClock clock, BackupFactsBuilder fold)
    {
        if (row.IsDBNull(0))
            return "a row is not what pgbackrest info --output=json prints";
        var stanza = row.GetString(0);
        var wrong =
            row.IsDBNull(1) ? $"stanza {stanza} has no status"
            : row.GetInt32(1) != 0 ? $"stanza {stanza}: {row.TextOrNull(2)} (status {row.GetInt32(1)})"
            : row.TextOrNull(13) is { } ofRepositories ? $"stanza {stanza}: {ofRepositories}"
            : null;
        if (row.TextOrNull(14) is { } other)
            wrong = ClusterIdentity.Message(
                "the",
                $"stanza {stanza}",
                $"system identifier {other}",
                $"the server's is {row.GetString(15)}"
            );
        if (row.IsDBNull(3))
            return wrong;

        var label = row.GetString(3);
        var type = row.TextOrNull(4) is { } name ? BackupTypeNames.Parse(name) : null;
        if (type is null || row.IsDBNull(8))
            return $"stanza {stanza}: backup {label} has no type or no end";
        var (started, finished) = (row.TimeOrNull(7, $"the start of {label}"), row.Time(8, $"the end of {label}"));
        if (clock.IsFuture(finished))
            return $"stanza {stanza}: backup {label} finished {clock.Future(finished)}";
        fold.Add(
            new("pgbackrest", type.Value, BackupState.Done)
            {
                Started = started,
                Finished = finished,
                Storage = stanza + "\n" + row.GetString(5),
                Id = label,
                ParentId = row.TextOrNull(6),
                Size = row.LongOrNull(9),
                Stored = row.LongOrNull(10),
                HasErrors = row.IsDBNull(11) ? null : row.GetBoolean(11),
                StartLsn = row.LongOrNull(12),
                StartSegment = row.TextOrNull(16),
            }
        );
        return wrong;
    }
}
