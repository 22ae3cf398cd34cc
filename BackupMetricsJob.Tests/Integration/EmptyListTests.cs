using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// What a list without anything in it does, of each tool that can print one: it is believed of a server that is named, and only if that is
/// said.
/// </summary>
public sealed class EmptyListTests(SharedCatalogDatabase shared) : IClassFixture<SharedCatalogDatabase>
{
    const string Known =
        """[{"tool":"TOOL","server":"orders","type":"full","id":"F1","status":"done","finished":"2026-11-20T03:00:00Z"}]""";

    [Theory]
    [InlineData("wal-g", "[]", true)]
    [InlineData("wal-g", "null", true)]
    [InlineData("pgbackrest", "[]", false)]
    [InlineData("barman", "{}", false)]
    [InlineData("barman", """{"_INFO":["nothing"]}""", false)]
    [InlineData("barman", """{"backups_list":[]}""", true)]
    [InlineData("pghoard", """{"basebackups":[]}""", true)]
    [InlineData("cloudnativepg", """{"apiVersion":"v1","kind":"List","items":[]}""", false)]
    [InlineData("generic", """{"tool":"generic","backups":[]}""", true)]
    public async Task It_takes_the_backups_of_the_named_server_if_that_is_said_and_never_does_nothing(
        string tool,
        string list,
        bool isAboutServer
    )
    {
        var catalogue = shared.Database;
        await catalogue.Database.ExecuteAsync(
            "TRUNCATE backup_metrics.backup_catalog, backup_metrics.backup_source, backup_metrics.backup_refusal"
        );
        Assert.Equal(0, (await ImportAsync("generic", Known.Replace("TOOL", tool, StringComparison.Ordinal))).ExitCode);

        // Whoever names no server cannot mean one.
        var nobodys = await ImportAsync(tool, list, "--allow-empty");
        Assert.Equal(tool == "wal-g" ? 64 : 65, nobodys.ExitCode);
        Assert.Equal(1, nobodys.Error.Split("--server").Length - 1);
        Assert.Equal(["orders F1 done"], await catalogue.RowsAsync());

        // Where it may be the list of somebody else, that is the failure of the tool.
        var refused = await ImportAsync(tool, list, "--server", "orders");
        Assert.Equal(isAboutServer ? 65 : 0, refused.ExitCode);
        Assert.Contains(
            isAboutServer ? "1 backup of this server: nothing was written" : $"{tool} does not list orders",
            refused.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(["orders F1 done"], await catalogue.RowsAsync());
        Assert.Equal(1, await catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_source WHERE error <> ''"));

        var allowed = await ImportAsync(tool, list, "--server", "orders", "--allow-empty");
        Assert.Equal((0, $"{tool}: 0 new, 0 changed, 1 gone, 0 unchanged (1 server)\n"), (allowed.ExitCode, allowed.Error));
        Assert.Equal(["orders F1 done gone"], await catalogue.RowsAsync());
        Assert.Equal(0, await catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_source WHERE error <> ''"));

        Task<ProcessResult> ImportAsync(string of, string input, params string[] more) =>
            BackupMetrics.RunAsync(["import", of, "--connection", catalogue.Uri, .. more], null, input);
    }
}
