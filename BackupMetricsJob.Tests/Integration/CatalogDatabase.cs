using System.Collections.Concurrent;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// A catalogue in a database of its own, and lists that no tool had to print. The server is not its own: a test that changes what belongs
/// to a server, such as roles, starts one for itself (<see cref="InAsync"/>).
/// </summary>
internal sealed class CatalogDatabase : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public static readonly DateTimeOffset Night = new(2026, 11, 20, 3, 0, 0, TimeSpan.Zero);

    // One server a test process for each version, with one catalogue that all others are copies of.
    static readonly ConcurrentDictionary<int, Lazy<Task<(PostgresServer Server, string Template)>>> Servers = new();

    CatalogDatabase(PostgresDatabase database) => Database = database;

    public PostgresDatabase Database { get; }

    public string Uri => Database.ConnectionUri();

    /// <summary>A new one.</summary>
    public static async Task<CatalogDatabase> CreateAsync(int version = 15)
    {
        var (server, template) = await ServerAsync(version);
        return new(await server.CreateDatabaseAsync(template));
    }

    /// <summary>A database without one.</summary>
    public static async Task<PostgresDatabase> CreateEmptyAsync(int version = 15)
    {
        var (server, _) = await ServerAsync(version);
        return await server.CreateDatabaseAsync();
    }

    /// <summary>In the database `postgres` of the test's own server.</summary>
    public static async Task<CatalogDatabase> InAsync(PostgresServer server)
    {
        await InitAsync(server.Database);
        return new(server.Database);
    }

    static Task<(PostgresServer Server, string Template)> ServerAsync(int version) =>
        Servers.GetOrAdd(version, v => new(() => StartAsync(v))).Value;

    static async Task<(PostgresServer, string)> StartAsync(int version)
    {
        var server = await PostgresServer.StartAsync(new() { Version = version, Settings = { ["max_connections"] = "200" } });
        var template = await server.CreateDatabaseAsync();
        await InitAsync(template);
        return (server, template.Name);
    }

    static async Task InitAsync(PostgresDatabase database)
    {
        var made = await CatalogInit.RunAsync(Settings(database.ConnectionUri()), null, null, Timeout, CancellationToken.None);
        Assert.Null(made.Failure);
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
    public static IEnumerable<ListingItem> List(string server, params CatalogRow[] rows) =>
        [.. rows.Select(row => new ListingItem.Backup(row)), new ListingItem.CompleteServer(server, null)];

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
        IEnumerable<ListingItem> listed,
        string tool = "wal-g",
        bool allowEmpty = false,
        string? user = null
    ) =>
        CatalogImport.RunAsync(
            Settings(Database.ConnectionUri(user)),
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
        Database.QueryAsync<string>(
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
            await Database.QueryAsync<string>(
                "SELECT concat_ws(' ', server, tool, kind, status, n) FROM backup_metrics.backup_count WHERE n <> 0 ORDER BY 1"
            ),
            await Database.QueryAsync<string>(
                """
                SELECT concat_ws(' ', server, tool, kind, status, count(*)) FROM backup_metrics.backup_catalog WHERE live
                GROUP BY server, tool, kind, status ORDER BY 1
                """
            )
        );

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}

/// <summary>One catalogue for tests that write nothing.</summary>
public sealed class SharedCatalogDatabase : IAsyncLifetime
{
    internal CatalogDatabase Database { get; private set; } = null!;

    public async Task InitializeAsync() => Database = await CatalogDatabase.CreateAsync();

    public async Task DisposeAsync() => await Database.DisposeAsync();
}
