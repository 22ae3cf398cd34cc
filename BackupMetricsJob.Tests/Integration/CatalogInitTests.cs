using BackupMetricsJob.Catalog;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The catalogue is made once, whoever makes it and how often, and brought up to date without losing anything.</summary>
public sealed class CatalogInitTests
{
    const int Known = CatalogVersion.Known;

    static string First => SqlText.Load("catalog_schema_1");

    static IEnumerable<string> Migrations => Enumerable.Range(1, Known).Select(version => SqlText.Load($"catalog_schema_{version}"));

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Init_again_does_no_harm_and_an_import_works_on_every_version(int version)
    {
        await using var catalogue = await CreateAsync(version);
        await catalogue.ImportAsync(Backup(1), Backup(2));

        var again = await BackupMetrics.RunAsync("catalog", "init", "--connection", catalogue.Uri);

        Assert.Equal((0, $"the catalogue is already at version {Known}\n"), (again.ExitCode, again.Error));
        Assert.Equal("0 new, 1 changed, 1 gone, 0 unchanged", Told(await catalogue.ImportAsync(Backup(2) with { SizeBytes = 7 })));
        var (kept, counted) = await catalogue.CountsAsync();
        Assert.Equal(counted, kept);
        Assert.Equal(
            Enumerable.Range(1, Known),
            await catalogue.Database.QueryAsync<int>("SELECT version FROM backup_metrics.schema_version")
        );
    }

    [Fact]
    public async Task Init_can_be_quiet_and_still_prints_what_is_left_to_run()
    {
        await using var server = await PostgresServer.StartAsync();

        var result = await BackupMetrics.RunAsync("catalog", "init", "--quiet", "--create-roles", "--connection", server.ConnectionUri());

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("created the catalogue", result.Error, StringComparison.Ordinal);
        Assert.Contains("created the role backup_writer. It has no password", result.Error, StringComparison.Ordinal);
        Assert.Equal("", (await BackupMetrics.RunAsync("catalog", "init", "--quiet", "--connection", server.ConnectionUri())).Error);
    }

    [Fact]
    public async Task Four_at_once_make_one_catalogue()
    {
        await using var database = await CreateEmptyAsync();

        var results = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => BackupMetrics.RunAsync("catalog", "init", "--connection", database.ConnectionUri()))
        );

        Assert.All(results, result => Assert.Equal(0, result.ExitCode));
        Assert.Single(results, result => result.Error == $"created the catalogue, version {Known}\n");
        Assert.Equal(3, results.Count(result => result.Error == $"the catalogue is already at version {Known}\n"));
    }

    [Fact]
    public async Task An_older_catalogue_is_brought_up_to_date_with_its_rows_and_then_is_too_new_for_an_older_program()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1));

        var result = await Init(
            catalogue.Uri,
            [.. Migrations, "ALTER TABLE backup_metrics.backup_catalog ADD COLUMN checked_at timestamptz"]
        );

        Assert.Equal((null, Known), (result.Failure, result.Was));
        Assert.Equal(["orders base_001 done"], await catalogue.RowsAsync());
        Assert.Equal(0, await catalogue.Database.ScalarAsync<long>("SELECT count(checked_at) FROM backup_metrics.backup_catalog"));
        var tooNew = $"the catalogue is at version {Known + 1}, this program knows {Known} only: use the newer program that made it";
        Assert.Equal("Database: " + tooNew, Told(await catalogue.ImportAsync(Backup(1))));
        var init = await BackupMetrics.RunAsync("catalog", "init", "--connection", catalogue.Uri);
        Assert.Equal((69, $"backup-metrics: catalog init: {tooNew}\n"), (init.ExitCode, init.Error));
        Assert.Equal(69, (await BackupMetrics.RunAsync("catalog", "prune", "--keep", "1d", "--connection", catalogue.Uri)).ExitCode);
        Assert.Equal(69, (await RecordAsync(catalogue.Uri)).ExitCode);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Version_2_keeps_what_version_1_knew_and_unlearns_what_no_tool_said(int version)
    {
        await using var database = await CreateEmptyAsync(version);
        await MakeAsync(database, version: 1);
        await database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at, has_errors, listed) VALUES
            ('a', 'wal-g', 'full', 'F', 'done', now() - interval '1 h', false, true),
            ('a', 'pgbackrest', 'full', 'F', 'done', now() - interval '1 h', false, true),
            ('a', 'own', 'full', 'F', 'done', now() - interval '1 h', true, false);
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at, deleted_at)
            VALUES ('a', 'wal-g', 'full', 'G', 'done', now() - interval '2 h', now())
            """
        );
        var older = await CatalogImport.RunAsync(
            Settings(database.ConnectionUri()),
            "wal-g",
            List("a", Backup(1, "a")).ToAsyncEnumerable(),
            false,
            CatalogDatabase.Timeout,
            CancellationToken.None
        );
        Assert.Equal($"Database: the catalogue is at version 1, this program needs {Known}: run backup-metrics catalog init", Told(older));

        var result = await BackupMetrics.RunAsync("catalog", "init", "--connection", database.ConnectionUri());

        Assert.Equal((0, $"upgraded the catalogue from version 1 to {Known}\n"), (result.ExitCode, result.Error));
        Assert.Equal(
            ["own t t", "pgbackrest f t", "wal-g t", "wal-g f"],
            await database.QueryAsync<string>(
                "SELECT concat_ws(' ', tool, has_errors, live) FROM backup_metrics.backup_catalog ORDER BY tool, backup_id"
            )
        );
        await database.ExecuteAsync("UPDATE backup_metrics.backup_catalog SET other_cluster = true WHERE tool = 'own'");
        Assert.Equal(
            ["own 0", "pgbackrest 1", "wal-g 1"],
            await database.QueryAsync<string>("SELECT concat_ws(' ', tool, n) FROM backup_metrics.backup_count ORDER BY 1")
        );
    }

    [Fact]
    public async Task Who_could_read_or_write_the_catalogue_can_read_or_write_what_version_3_adds()
    {
        await using var server = await PostgresServer.StartAsync();
        await MakeAsync(server.Database, version: 2);
        await server.ExecuteAsync(
            "CREATE ROLE \"the reader\"; CREATE ROLE writer; GRANT SELECT ON backup_metrics.backup_source TO \"the reader\"; "
                + "GRANT SELECT, INSERT, UPDATE, DELETE ON backup_metrics.backup_source TO writer"
        );

        Assert.Null((await Init(server.ConnectionUri(), [.. Migrations])).Failure);

        Assert.Equal(
            ["backup_refusal t f t", "backup_storage t f t"],
            await server.QueryAsync<string>(
                """
                SELECT concat_ws(' ', name, has_table_privilege('the reader', 'backup_metrics.' || name, 'SELECT'),
                  has_table_privilege('the reader', 'backup_metrics.' || name, 'INSERT'),
                  has_table_privilege('writer', 'backup_metrics.' || name, 'INSERT'))
                FROM unnest(ARRAY['backup_refusal', 'backup_storage']) AS name
                """
            )
        );
    }

    [Fact]
    public async Task Version_6_walks_the_chains_that_there_are_and_counts_what_is_gone()
    {
        await using var server = await PostgresServer.StartAsync();
        await MakeAsync(server.Database, version: 5);
        await server.ExecuteAsync(
            """
            CREATE ROLE "the reader";
            GRANT SELECT ON backup_metrics.backup_count TO "the reader";
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at, parent_id, deleted_at) VALUES
            ('a', 'x', 'incr', 'I', 'done', now(), 'F', NULL),
            ('a', 'x', 'full', 'F', 'done', now(), NULL, now()),
            ('b', 'x', 'full', 'F', 'done', now(), NULL, now())
            """
        );

        Assert.Null((await Init(server.ConnectionUri(), [.. Migrations])).Failure);

        Assert.Equal(
            ["a I true"],
            await server.QueryAsync<string>("SELECT concat_ws(' ', server, backup_id, is_broken::text) FROM backup_metrics.backup_chain")
        );
        Assert.Equal(
            ["a full 0", "a incr 1", "b full 0"],
            await server.QueryAsync<string>("SELECT concat_ws(' ', server, kind, n) FROM backup_metrics.backup_count ORDER BY 1")
        );
        Assert.True(await server.ScalarAsync<bool>("SELECT has_table_privilege('the reader', 'backup_metrics.backup_chain', 'SELECT')"));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_half_made()
    {
        await using var database = await CreateEmptyAsync();

        var result = await Init(database.ConnectionUri(), First, "SELECT 1/0");

        Assert.Contains("making version 2 of the catalogue: division by zero", result.Failure!.Message, StringComparison.Ordinal);
        Assert.False(await database.ScalarAsync<bool>("SELECT to_regnamespace('backup_metrics') IS NOT NULL"));
    }

    [Fact]
    public async Task Without_a_catalogue_the_command_that_makes_it_is_named()
    {
        await using var database = await CreateEmptyAsync();

        var result = await BackupMetrics.RunAsync("catalog", "prune", "--keep", "90d", "--connection", database.ConnectionUri());

        Assert.Equal(69, result.ExitCode);
        Assert.Equal(
            "backup-metrics: catalog prune: there is no catalogue in this database: run backup-metrics catalog init, as its owner, "
                + "with the same --connection\n",
            result.Error
        );
    }

    [Fact]
    public async Task Counts_that_were_written_past_are_mended()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1), Backup(2));
        await catalogue.Database.ExecuteAsync(
            "UPDATE backup_metrics.backup_count SET n = 7; INSERT INTO backup_metrics.backup_count VALUES ('x', 'y', 'full', 'done', 3)"
        );

        var result = await BackupMetrics.RunAsync("catalog", "init", "--connection", catalogue.Uri);

        Assert.Equal($"the catalogue is already at version {Known}, and corrected 2 counts\n", result.Error);
        Assert.Equal(["orders"], await catalogue.Database.QueryAsync<string>("SELECT DISTINCT server FROM backup_metrics.backup_count"));
        var (kept, counted) = await catalogue.CountsAsync();
        Assert.Equal(counted, kept);
    }

    [Fact]
    public async Task Prune_forgets_what_is_long_gone_and_nothing_that_exists()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.Database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at, deleted_at, listed) VALUES
              ('a', 'wal-g', 'full', 'old and kept',       'done',   now() - interval '900 days', NULL, true),
              ('a', 'wal-g', 'full', 'gone long ago',      'done',   now() - interval '900 days', now() - interval '91 days', true),
              ('a', 'wal-g', 'full', 'gone lately',        'done',   now() - interval '900 days', now() - interval '89 days', true),
              ('a', 'wal-g', 'full', 'failed long ago',    'failed', now() - interval '901 days', NULL, false),
              ('a', 'wal-g', 'full', 'failed since',       'failed', now() - interval '100 days', NULL, false),
              ('a', 'wal-g', 'incr', 'no success after',   'failed', now() - interval '901 days', NULL, false),
              ('a', 'barman', 'full', 'success of barman', 'done',   now(), NULL, true),
              ('a', 'barman', 'full', 'still listed',      'failed', now() - interval '901 days', NULL, true)
            """
        );

        var result = await BackupMetrics.RunAsync("catalog", "prune", "--keep", "90d", "--connection", catalogue.Uri);

        Assert.Equal((0, "removed 2 rows: 1 deleted by their tools, 1 old failure\n", ""), (result.ExitCode, result.Error, result.Output));
        Assert.Equal(
            ["failed since", "gone lately", "no success after", "old and kept", "still listed", "success of barman"],
            await catalogue.Database.QueryAsync<string>("SELECT backup_id FROM backup_metrics.backup_catalog ORDER BY 1")
        );
        var (kept, counted) = await catalogue.CountsAsync();
        Assert.Equal(counted, kept);
    }

    /// <summary>A catalogue as an older program made it.</summary>
    static Task MakeAsync(PostgresDatabase database, int version) =>
        database.ExecuteAsync(
            $"""
            CREATE SCHEMA backup_metrics;
            CREATE TABLE backup_metrics.schema_version (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
            INSERT INTO backup_metrics.schema_version SELECT generate_series(1, {version});
            {string.Join(";\n", Migrations.Take(version))}
            """
        );

    static Task<InitResult> Init(string uri, params string[] migrations) =>
        CatalogInit.RunAsync(Settings(uri), null, null, CatalogDatabase.Timeout, CancellationToken.None, migrations);
}
