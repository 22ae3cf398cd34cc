using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>`import generic` from a list to a metric: the tool is what the list says, and only its rows are touched.</summary>
public sealed class GenericImportTests
{
    const string Rows = """
        SELECT concat_ws(' ', server, tool, storage, backup_id, status, CASE WHEN deleted_at IS NOT NULL THEN 'gone' END)
        FROM backup_metrics.backup_catalog ORDER BY server, tool, storage, backup_id
        """;

    static string Backup(string id, string more = "") =>
        $$"""{"type":"full","id":"{{id}}","status":"done","started":"2026-11-20T03:00:00Z","finished":"2026-11-20T04:00:00Z"{{more}}}""";

    static string List(string head, params string[] backups) =>
        $$"""{"tool":"pgmoneta","server":"orders",{{head}}"backups":[{{string.Join(',', backups)}}]}""";

    static async Task<ProcessResult> ImportAsync(CatalogDatabase catalogue, string list, params string[] more) =>
        await BackupMetrics.RunAsync(["import", "generic", "--connection", catalogue.Uri, .. more], null, list);

    [Fact]
    public async Task A_list_is_the_whole_of_its_tool_and_of_no_other()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.ImportAsync(CatalogDatabase.Backup(1));

        Assert.Equal((0, "pgmoneta: 2 new, 0 changed, 0 gone, 0 unchanged (1 server)\n"), await Told(List("", Backup("a"), Backup("b"))));
        Assert.Equal((0, "pgmoneta: 0 new, 0 changed, 0 gone, 2 unchanged (1 server)\n"), await Told(List("", Backup("a"), Backup("b"))));
        Assert.Equal((0, "pgmoneta: 1 new, 0 changed, 1 gone, 1 unchanged (1 server)\n"), await Told(List("", Backup("b"), Backup("c"))));
        Assert.Equal(
            [
                "orders pgmoneta default a done gone",
                "orders pgmoneta default b done",
                "orders pgmoneta default c done",
                "orders wal-g default base_001 done",
            ],
            await catalogue.Database.QueryAsync<string>(Rows)
        );
        Assert.Equal(
            ["pgmoneta", "wal-g"],
            await catalogue.Database.QueryAsync<string>("SELECT tool FROM backup_metrics.backup_source ORDER BY 1")
        );

        var run = await BackupMetrics.RunAsync("run", "--dry-run", "--source", "catalog", "--connection", catalogue.Uri);
        Assert.Contains(
            "postgres_backup_last_success_timestamp_seconds{instance=\"orders\",source=\"catalog\","
                + "tool=\"pgmoneta\",type=\"full\"} 1795147200\n",
            run.Output,
            StringComparison.Ordinal
        );

        async Task<(int, string)> Told(string list) =>
            await ImportAsync(catalogue, list) is var result ? (result.ExitCode, result.Error) : default;
    }

    [Fact]
    public async Task A_list_that_names_no_tool_is_a_failure_of_the_import_until_one_is_read()
    {
        const string Refusals = "SELECT tool FROM backup_metrics.backup_refusal";
        await using var catalogue = await CatalogDatabase.CreateAsync();

        Assert.Equal(65, (await ImportAsync(catalogue, "no list")).ExitCode);
        Assert.Equal(["generic"], await catalogue.Database.QueryAsync<string>(Refusals));

        Assert.Equal(0, (await ImportAsync(catalogue, List("", Backup("a")))).ExitCode);
        Assert.Empty(await catalogue.Database.QueryAsync<string>(Refusals));
    }

    [Fact]
    public async Task A_part_of_a_list_and_one_of_some_storages_take_nothing_else_away()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        const string Far = ",\"storage\":\"far\"";
        await ImportAsync(catalogue, List("", Backup("a"), Backup("b"), Backup("a", Far)));

        Assert.Equal(
            "pgmoneta: 1 new, 0 changed, 0 gone, 0 unchanged (1 server)\n",
            (await ImportAsync(catalogue, List("\"complete\":false,", Backup("c")))).Error
        );
        Assert.Equal(
            "pgmoneta: 1 new, 0 changed, 1 gone, 0 unchanged (1 server)\n",
            (await ImportAsync(catalogue, List("\"storages\":[\"far\"],", Backup("d", Far)))).Error
        );
        Assert.Equal(
            [
                "orders pgmoneta default a done",
                "orders pgmoneta default b done",
                "orders pgmoneta default c done",
                "orders pgmoneta far a done gone",
                "orders pgmoneta far d done",
            ],
            await catalogue.Database.QueryAsync<string>(Rows)
        );
    }

    [Fact]
    public async Task A_tool_that_could_not_list_fails_its_source_and_an_empty_list_is_doubted()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await ImportAsync(catalogue, List("", Backup("a")));

        var failed = await ImportAsync(catalogue, """{"tool":"pgmoneta","server":"orders","error":"no\nbucket"}""");
        Assert.Equal(
            "warning: pgmoneta could not list \"orders\". The catalogue has recorded this; "
                + "the backups of the server are unchanged: no bucket\n"
                + "pgmoneta: 0 new, 0 changed, 0 gone, 0 unchanged (1 server)\n",
            failed.Error
        );
        var run = await BackupMetrics.RunAsync("run", "--dry-run", "--source", "catalog", "--connection", catalogue.Uri);
        Assert.Contains("postgres_backup_source_success{instance=\"orders\",source=\"catalog\"} 0\n", run.Output, StringComparison.Ordinal);

        var empty = await ImportAsync(catalogue, List(""));
        Assert.Equal(65, empty.ExitCode);
        Assert.Contains(
            "the list of \"orders\" is empty, but the catalogue has 1 backup of this server",
            empty.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(
            "pgmoneta: 0 new, 0 changed, 1 gone, 0 unchanged (1 server)\n",
            (await ImportAsync(catalogue, List(""), "--allow-empty")).Error
        );
    }

    [Theory]
    [InlineData(",\"start_lsn\":\"FFFFFFFF/FFFFFFF0\"", 0)]
    [InlineData(",\"start_lsn\":\"0/1000028\"", 1)]
    [InlineData("", 1)]
    public async Task What_begins_in_WAL_that_the_server_has_not_written_fails_its_source_and_nothing_else(string lsn, int succeeds)
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await ImportAsync(catalogue, List("", Backup("a", lsn)));

        var run = await BackupMetrics.RunAsync(
            ["run", "--dry-run", "--instance", "orders", "--source", "server", "--source", "catalog", "--connection", catalogue.Uri],
            null
        );

        Assert.Contains(
            $"postgres_backup_source_success{{instance=\"orders\",source=\"catalog\"}} {succeeds}\n",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Equal(succeeds == 1, run.Output.Contains("tool=\"pgmoneta\",type=\"full\"} 1795147200\n", StringComparison.Ordinal));
        Assert.Equal(succeeds == 0, run.Error.Contains("begins at 7FFFFFFF/FFFFFFFF in the WAL", StringComparison.Ordinal));
        Assert.Contains("postgres_backup_source_success{instance=\"orders\",source=\"server\"} 1\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_clusters_under_one_name_are_refused_and_what_is_written_wrongly_with_its_place()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await ImportAsync(catalogue, List("", Backup("a", ",\"system_identifier\":\"7575000000000000001\"")));

        var clash = await ImportAsync(catalogue, List("", Backup("b", ",\"system_identifier\":\"7575000000000000002\"")));
        var wrong = await ImportAsync(
            catalogue,
            List("", Backup("1"), Backup("2"), Backup("3"), Backup("4").Replace("04:00:00Z", "04:00:00", StringComparison.Ordinal))
        );

        Assert.Equal(65, clash.ExitCode);
        Assert.Contains("system identifier 7575000000000000002", clash.Error, StringComparison.Ordinal);
        Assert.Equal(65, wrong.ExitCode);
        Assert.Contains("$.backups[3].finished: \"2026-11-20T04:00:00\" is no time with its zone", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(["orders pgmoneta default a done"], await catalogue.Database.QueryAsync<string>(Rows));
    }
}
