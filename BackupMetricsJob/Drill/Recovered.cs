using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Drill;

/// <summary>What was restored, according to the restored server.</summary>
/// <param name="Lsn">Where replay ended, in bytes; null for a dump.</param>
/// <param name="LastTransaction">The end time of the last replayed transaction, by the lost server's clock; null if none was
/// replayed.</param>
internal sealed record Recovered(long? Lsn, DateTimeOffset? LastTransaction, ulong SystemIdentifier, bool HasChecksums, bool IsInRecovery)
{
    /// <summary>The size of a WAL segment in bytes.</summary>
    public long SegmentSize { get; init; } = WalSegmentSize.Usual;

    /// <summary>When the backup started, according to its backup_label; null if unknown.</summary>
    public DateTimeOffset? BackupBegan { get; init; }

    const string Sql = """
        SELECT extract(epoch FROM pg_last_xact_replay_timestamp())::float8 AS last_transaction,
               (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint AS lsn,
               (SELECT system_identifier FROM pg_control_system()) AS system_identifier,
               (SELECT bytes_per_wal_segment FROM pg_control_init()) AS segment_size,
               current_setting('data_checksums') = 'on' AS has_checksums, pg_is_in_recovery() AS is_in_recovery
        """;

    /// <param name="began">The start time in backup_label; null for none.</param>
    public static async Task<Recovered> ReadAsync(DrillCluster cluster, string? began, CancellationToken cancellationToken)
    {
        var recovered = await ReadAsync(cluster, cancellationToken);
        return began is null ? recovered : recovered with { BackupBegan = await TimeAsync(cluster, began, cancellationToken) };
    }

    static async Task<Recovered> ReadAsync(DrillCluster cluster, CancellationToken cancellationToken)
    {
        await using var connection = await cluster.ConnectAsync("template1", cancellationToken);
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new(
            row.LongOrNull("lsn"),
            row.TimeOrNull("last_transaction", "the last transaction"),
            (ulong)row.Long("system_identifier"),
            row.Flag("has_checksums"),
            row.Flag("is_in_recovery")
        )
        {
            SegmentSize = row.Integer("segment_size"),
        };
    }

    /// <summary>
    /// Lets PostgreSQL parse the label's time, because PostgreSQL wrote the time zone as an abbreviation. Null for an unknown one.
    /// </summary>
    static async Task<DateTimeOffset?> TimeAsync(DrillCluster cluster, string text, CancellationToken cancellationToken)
    {
        await using var connection = await cluster.ConnectAsync("template1", cancellationToken);
        await using var command = new NpgsqlCommand("SELECT extract(epoch FROM $1::text::timestamptz)::float8 AS began", connection);
        command.Parameters.Add(new() { Value = text });
        try
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            return row.TimeOrNull("began", "the start of the backup");
        }
        catch (PostgresException)
        {
            return null;
        }
    }
}
