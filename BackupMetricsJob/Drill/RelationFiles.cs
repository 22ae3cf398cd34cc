using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Drill;

/// <summary>
/// Checks whether every relation in the restored databases has its file, with one lookup per file, whatever tool fetched it. Files of a
/// table above its first gigabyte are not checked.
/// </summary>
internal sealed class RelationFiles(DrillCluster cluster)
{
    /// <summary>An interrupted DROP DATABASE leaves a database with -2, to which nobody can connect.</summary>
    const string Databases = "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND datconnlimit <> -2 ORDER BY datname";

    /// <summary>Temporary relations are in no backup.</summary>
    const string Files = """
        SELECT count(*) AS relations, count(*) FILTER (WHERE size IS NULL) AS missing,
               min(format('%s (%s)', name, path)) FILTER (WHERE size IS NULL) AS one
        FROM (
          SELECT oid::regclass AS name, path, (pg_stat_file(path, true)).size AS size
          FROM pg_class CROSS JOIN LATERAL pg_relation_filepath(oid) AS path
          WHERE relpersistence <> 't' AND path IS NOT NULL OFFSET 0
        ) AS files
        """;

    /// <summary>Checks the files and returns their number.</summary>
    /// <exception cref="DrillException">A file is missing.</exception>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        var relations = 0L;
        foreach (var database in await DatabasesAsync(cancellationToken))
            relations += await CountAsync(database, cancellationToken);
        return relations;
    }

    async Task<List<string>> DatabasesAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await using var connection = await cluster.ConnectAsync("template1", cancellationToken);
        await using var command = new NpgsqlCommand(Databases, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names.Add(row.Text("datname"));
        return names;
    }

    async Task<long> CountAsync(string database, CancellationToken cancellationToken)
    {
        await using var connection = await cluster.ConnectAsync(database, cancellationToken);
        await using var command = new NpgsqlCommand(Files, connection);
        try
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            var missing = row.Long("missing");
            return missing == 0
                ? row.Long("relations")
                : throw new DrillException(
                    PlainText.OnOneLine($"database {database}: the file of {row.Text("one")} is missing")
                        + (missing > 1 ? $", and {Humanize.Count(missing - 1, "other file")}" : "")
                );
        }
        catch (PostgresException e)
        {
            throw new DrillException(PlainText.OnOneLine($"database {database}: its relations cannot be listed: {e.MessageText}"));
        }
    }
}
