using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A catalogue in a PostgreSQL of its own, and lists that no tool had to print.</summary>
internal sealed class CatalogDatabase : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public static readonly DateTimeOffset Night = new(2026, 11, 20, 3, 0, 0, TimeSpan.Zero);

    CatalogDatabase(PostgresServer server) => Server = server;

    public PostgresServer Server { get; }

    public string Uri => Server.ConnectionUri();

    public static async Task<CatalogDatabase> StartAsync(int version = 15)
    {
        var catalogue = new CatalogDatabase(await PostgresServer.StartAsync(new() { Version = version }));
        var made = await CatalogInit.RunAsync(Settings(catalogue.Uri), null, null, Timeout, CancellationToken.None);
        Assert.Null(made.Failure);
        return catalogue;
    }

    public static ConnectionSettings Settings(string uri)
    {
        var problems = new List<string>();
        Assert.True(
            ConnectionText.TryParse(uri, new LibpqEnvironment(new Dictionary<string, string>(), "nobody"), problems, out var settings),
            string.Join('\n', problems)
        );
        return settings;
    }

    /// <summary>A good backup of the server "orders" by wal-g; number 2 finished a day after number 1.</summary>
    public static CatalogRow Backup(int number, string server = "orders") =>
        new(server, "wal-g", BackupType.Full, $"base_{number:000}", BackupStatus.Done)
        {
            Started = Night.AddDays(number),
            Finished = Night.AddDays(number).AddHours(1),
            SizeBytes = 1000 + number,
        };

    /// <summary>A complete list.</summary>
    public static IEnumerable<Listed> List(string server, params CatalogRow[] rows) =>
        [.. rows.Select(row => new Listed.Backup(row)), new Listed.Server(server, null)];

    /// <summary>`record` of a full backup that is done.</summary>
    public static Task<ProcessResult> RecordAsync(string connection, params string[] more) =>
        BackupMetrics.RunAsync([
            .. (string[])["record", "--server", "s", "--tool", "t", "--type", "full", "--from-exit-code", "0"],
            "--connection",
            connection,
            .. more,
        ]);

    public Task<ImportResult> ImportAsync(params CatalogRow[] rows) => ImportAsync(List("orders", rows));

    public Task<ImportResult> ImportAsync(
        IEnumerable<Listed> listed,
        string tool = "wal-g",
        bool allowEmpty = false,
        string? user = null
    ) =>
        CatalogImport.RunAsync(
            Settings(Server.ConnectionUri(user)),
            tool,
            listed.ToAsyncEnumerable(),
            allowEmpty,
            Timeout,
            CancellationToken.None
        );

    /// <summary>What an import says of itself: "2 new, 0 changed, 0 gone, 0 unchanged", or why it did nothing.</summary>
    public static string Told(ImportResult result) =>
        result.Failure is { } failure
            ? $"{failure.Cause}: {failure.Message}"
            : $"{result.New} new, {result.Changed} changed, {result.Gone} gone, {result.Unchanged} unchanged";

    /// <summary>Every row: its name, "gone" if it is, and the transaction that wrote it last if asked for.</summary>
    public Task<IReadOnlyList<string>> RowsAsync(bool withTransaction = false) =>
        Server.QueryAsync<string>(
            $"""
            SELECT concat_ws(' ', server, backup_id, status, CASE WHEN deleted_at IS NOT NULL THEN 'gone' END{(
                withTransaction ? ", xmin, ctid" : ""
            )})
            FROM backup_metrics.backup_catalog ORDER BY server, tool, storage, backup_id
            """
        );

    /// <summary>The counts as they are kept, and as they are found by counting; without those that are zero.</summary>
    public async Task<(IReadOnlyList<string> Kept, IReadOnlyList<string> Counted)> CountsAsync() =>
        (
            await Server.QueryAsync<string>(
                "SELECT concat_ws(' ', server, tool, kind, status, n) FROM backup_metrics.backup_count WHERE n <> 0 ORDER BY 1"
            ),
            await Server.QueryAsync<string>(
                """
                SELECT concat_ws(' ', server, tool, kind, status, count(*)) FROM backup_metrics.backup_catalog WHERE live
                GROUP BY server, tool, kind, status ORDER BY 1
                """
            )
        );

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>One catalogue for tests that write nothing.</summary>
public sealed class SharedCatalogDatabase : IAsyncLifetime
{
    internal CatalogDatabase Database { get; private set; } = null!;

    public async Task InitializeAsync() => Database = await CatalogDatabase.StartAsync();

    public async Task DisposeAsync() => await Database.DisposeAsync();
}
