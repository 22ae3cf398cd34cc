using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>pgBackRest's stanza "orders" of a server that archives into its repository.</summary>
internal sealed class PgBackRestStanza
{
    static readonly string Program = Tool.Find("pgbackrest", "apt-get install pgbackrest");

    PgBackRestStanza(string configuration) => Configuration = configuration;

    /// <summary>The path of its configuration file.</summary>
    public string Configuration { get; }

    /// <param name="folder">Where the configuration file and the repository are.</param>
    /// <param name="server">The server, which must be started with archiving.</param>
    /// <param name="more">Further lines of [global].</param>
    public static async Task<PgBackRestStanza> CreateAsync(TempFolder folder, PostgresServer server, params string[] more)
    {
        var stanza = new PgBackRestStanza(
            folder.Write("pgbackrest.conf", ToolConfiguration.PgBackRest(folder.File, server, ["repo1-retention-full=9", .. more]))
        );
        PostgresTemplate.GiveToServerUser(folder.Path);
        await stanza.RunAsync("stanza-create");
        await server.SetAsync("archive_command", $"pgbackrest --config={stanza.Configuration} --stanza=orders archive-push %p");
        return stanza;
    }

    /// <param name="arguments">Separated by spaces.</param>
    /// <param name="more">Arguments that contain spaces.</param>
    public Task<string> RunAsync(string arguments, params string[] more) =>
        ChildProcess.RunSuccessfullyAsync(
            Program,
            ["--config=" + Configuration, "--stanza=orders", .. arguments.Split(' '), .. more],
            new() { Unprivileged = true }
        );

    /// <summary>A catalogue has what pgBackRest lists now: its backups, and its archive.</summary>
    public async Task ImportAsync(CatalogDatabase catalogue)
    {
        await ImportAsync("pgbackrest", "info --output=json");
        await ImportAsync("archive", "repo-ls --recurse --output=json archive/orders", "--storage", "repo1");

        async Task ImportAsync(string what, string list, params string[] more)
        {
            var imported = await BackupMetrics.RunAsync(
                ["import", what, "--server", "orders", "--connection", catalogue.Uri, .. more],
                environment: null,
                await RunAsync(list)
            );
            Assert.True(imported.ExitCode == 0, imported.Error);
        }
    }
}
