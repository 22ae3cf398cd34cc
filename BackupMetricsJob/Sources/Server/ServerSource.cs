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
        var evidence = ServerRows.Archiver(reader, session);
        found(evidence);
        if (session.MayListWal)
        {
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            evidence = ServerRows.WithWal(evidence, reader, session);
            found(evidence);
        }

        if (history)
        {
            await reader.NextResultAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken)) found(evidence with { BaseBackup = ServerRows.Backup(reader) });
        }
    }
}
