using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Query;

/// <summary>
/// The source "query": the user's own SELECT with one row per backup, in a round trip of its own. It uses the role's own search_path, and
/// cannot write. An impossible row fails the source as bad_data, and the message identifies the row.
/// </summary>
internal sealed class QuerySource
{
    readonly SourceClock _clock;
    readonly Dictionary<string, BackupFactsBuilder> _byServer = new(StringComparer.Ordinal);

    QuerySource(SourceClock clock) => _clock = clock;

    /// <param name="text">The query.</param>
    /// <param name="self">The server that the backups belong to, if no column tells.</param>
    /// <param name="found">Filled only if all rows were read and are credible.</param>
    /// <returns>Why the source failed, and whether it reports only other servers.</returns>
    public static async Task<(ProbeFailure? Failure, bool OthersOnly)> ReadAsync(
        SourceTransaction transaction,
        SourceClock clock,
        string text,
        string self,
        List<InstanceFacts> found,
        CancellationToken cancellationToken
    )
    {
        if (UserQuery.Single(text) is not { } select)
            return (Failed("it holds several statements, and must be one SELECT"), false);
        await using var batch = transaction.Batch(
            new("SET LOCAL search_path TO DEFAULT"),
            new($"SELECT * FROM (\n{select}\n) AS backups"),
            new("SET LOCAL search_path TO pg_catalog, pg_temp")
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (QueryColumns.Read(reader, out var problem) is not { } columns)
            return (Failed(problem!), false);

        var source = new QuerySource(clock);
        for (var row = 1L; await reader.ReadAsync(cancellationToken); row++)
        {
            if (source.Add(new(columns, reader), self) is { } wrong)
                return (Failed($"row {row}{Named(columns, reader)}: {wrong}"), false);
        }

        foreach (var (server, builder) in source._byServer)
        {
            var facts = new InstanceFacts(SourceName.Query, server);
            builder.AddTo(facts.Backups);
            found.Add(facts);
        }

        return (null, columns.Has("server") && !source._byServer.ContainsKey(self));
    }

    static ProbeFailure Failed(string why) =>
        new(FailureReason.BadData, "source query: " + why) { Advice = "Fix the query that --query names, or the data that it reads." };

    static string Named(QueryColumns columns, NpgsqlDataReader reader)
    {
        foreach (var column in (string[])["backup_id", "server"])
        {
            if (columns.Has(column) && columns.Text(reader, column) is { } name)
                return $" ({column} {PlainText.OnOneLine(name, 100)})";
        }

        return "";
    }

    string? Add(QueryRow row, string self)
    {
        if (row.Read(_clock, out var backup) is { } wrong)
            return wrong;
        var server = row.Server ?? self;
        if (!_byServer.TryGetValue(server, out var builder))
            _byServer.Add(server, builder = new(SourceName.Query, _clock.Now));
        builder.Add(backup!);
        return null;
    }
}
