using System.Text;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;
using static BackupMetricsJob.Tests.Integration.CatalogStoragesTests;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>An import that is refused leaves a trace where somebody is paged by it, and a good one ends that.</summary>
public sealed class CatalogRefusalTests
{
    static readonly ListingItem[] Broken = [];

    static readonly byte[] WalG = """[{"backup_name":"base_1","time":"2026-11-20T03:00:00Z"}]"""u8.ToArray();

    public static TheoryData<string, string> Refused =>
        new()
        {
            { "invalid", "$[0]: pgbackrest cannot read its repository (code 99: other; repo1: code 99: [PathOpenError]" },
            { "half", "$: the input ends in the middle of the JSON, after 1500 bytes" },
            { "nothing", "the input is empty: the output of `pgbackrest info --output=json` is expected" },
            { "text", "the input is not JSON: it begins with \"ERROR: [055]: unable to open\"" },
            { "empty", "the list of \"orders\" is empty, but the catalogue has 5 backups of this server" },
            { "no file", "/nowhere/list.json does not exist" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task It_is_a_failure_of_the_server_until_an_import_succeeds(string what, string said)
    {
        await using var catalogue = await CreateAsync();
        Assert.Equal(0, (await ImportAsync(catalogue, List("repo2_behind"))).ExitCode);
        Assert.Equal(1, (await RunAsync(catalogue))["postgres_backup_source_success{instance=\"orders\",source=\"catalog\"}"]);

        var refused = what switch
        {
            "invalid" => await ImportAsync(catalogue, List("inv")),
            "half" => await ImportAsync(catalogue, List("repo2_behind")[..1500]),
            "nothing" => await ImportAsync(catalogue, []),
            "text" => await ImportAsync(catalogue, "ERROR: [055]: unable to open"u8.ToArray()),
            "empty" => await ImportAsync(catalogue, List("novalid"), "--server", "orders"),
            _ => await BackupMetrics.RunAsync("import", "pgbackrest", "/nowhere/list.json", "--connection", catalogue.Uri),
        };

        Assert.Equal(65, refused.ExitCode);
        Assert.StartsWith("backup-metrics: import: " + said, refused.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            "\nbackup-metrics: import: recorded as a failure of pgbackrest for \"orders\": show and the alerts report it until such an "
                + "import succeeds\n",
            refused.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(0, (await RunAsync(catalogue))["postgres_backup_source_success{instance=\"orders\",source=\"catalog\"}"]);
        var show = await ShowAsync(catalogue);
        Assert.Contains("CRITICAL            source catalog: the import from pgbackrest failed at ", show, StringComparison.Ordinal);
        Assert.Contains(said, show, StringComparison.Ordinal);
        Assert.DoesNotContain("no problem is known", show, StringComparison.Ordinal);
        Assert.Equal(5, await catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_catalog WHERE live"));

        Assert.Equal(0, (await ImportAsync(catalogue, List("repo2_behind"))).ExitCode);
        Assert.Equal(1, (await RunAsync(catalogue))["postgres_backup_source_success{instance=\"orders\",source=\"catalog\"}"]);
    }

    [Fact]
    public async Task The_servers_that_the_text_still_names_and_no_other_are_those_it_is_about()
    {
        await using var catalogue = await CreateAsync();
        await ImportAsync(catalogue, List("repo2_behind"));
        await ImportAsync(catalogue, List("repo2_behind", text => text.Replace("\"orders\"", "\"billing\"", StringComparison.Ordinal)));

        await ImportAsync(catalogue, [.. List("repo2_behind")[..^2], (byte)',']);

        Assert.Equal(["billing f", "orders t"], await FailedAsync(catalogue));
    }

    [Fact]
    public async Task The_server_that_was_asked_for_is_the_one()
    {
        await using var catalogue = await CreateAsync();
        await ImportAsync(catalogue, List("repo2_behind"));
        await ImportAsync(catalogue, List("repo2_behind"), "--server", "billing");

        await ImportAsync(catalogue, "[{\"name\":\"orders\""u8.ToArray(), "--server", "billing");

        Assert.Equal(["billing t", "orders f"], await FailedAsync(catalogue));
    }

    [Fact]
    public async Task Servers_of_other_hosts_have_nothing_to_do_with_a_text_that_names_nobody()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1));
        await catalogue.Database.ExecuteAsync("UPDATE backup_metrics.backup_source SET host = 'another'");

        Assert.NotNull((await RefusedAsync(catalogue)).Failure);

        Assert.Equal(["orders f"], await FailedAsync(catalogue));
        var probe = await Probe.OfAsync(catalogue.Database, ["catalog"]);
        Assert.StartsWith(
            $"source catalog: the import from wal-g on host {ImportOrigin.Here().Host} was refused at ",
            probe.Failure!.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith("no server that it is known to be about: $: it broke off", probe.Failure.Message, StringComparison.Ordinal);

        // Another host's success does not end it, one from here does.
        await ImportFromAsync(catalogue, "another");
        Assert.NotNull((await Probe.OfAsync(catalogue.Database, ["catalog"])).Failure);
        await catalogue.ImportAsync([.. List("billing", Backup(1, "billing"))]);
        Assert.Null((await Probe.OfAsync(catalogue.Database, ["catalog"])).Failure);
    }

    [Fact]
    public async Task What_was_refused_longer_ago_than_the_limit_is_left_to_the_limit()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1));
        await catalogue.Database.ExecuteAsync("UPDATE backup_metrics.backup_source SET host = 'another'");
        await RefusedAsync(catalogue);
        await catalogue.Database.ExecuteAsync("UPDATE backup_metrics.backup_refusal SET refused_at = now() - interval '27 h'");

        Assert.Null((await Probe.OfAsync(catalogue.Database, ["catalog"])).Failure);
    }

    [Fact]
    public async Task A_container_is_never_seen_again_and_any_list_ends_what_was_refused_in_it()
    {
        await using var catalogue = await CreateAsync();
        await RefusedAsync(catalogue, new("3f2a9c0d1e4b", null));
        Assert.Equal(1, await RefusalsAsync(catalogue));

        await catalogue.ImportAsync(Backup(1));

        Assert.Equal(0, await RefusalsAsync(catalogue));
    }

    [Fact]
    public async Task A_new_server_of_which_nothing_was_ever_imported_makes_no_instance()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1));

        await RefusedAsync(catalogue, ImportOrigin.Here("tpyo"));

        Assert.Equal(["orders f"], await FailedAsync(catalogue));
        Assert.Equal(
            ["tpyo: $: it broke off"],
            await catalogue.Database.QueryAsync<string>("SELECT error FROM backup_metrics.backup_refusal")
        );
    }

    [Theory]
    [InlineData("another", "orders f", 1)]
    [InlineData("here", "orders t", 0)]
    public async Task A_clash_is_no_failure_of_another_hosts_server_of_that_name(string host, string failed, long refusals)
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1) with { SystemIdentifier = 1 });
        if (host == "another")
            await catalogue.Database.ExecuteAsync("UPDATE backup_metrics.backup_source SET host = 'another'");

        var result = await catalogue.ImportAsync(Backup(2) with { SystemIdentifier = 2 });

        Assert.Contains("is from the cluster with system identifier 2", result.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal([failed], await FailedAsync(catalogue));
        Assert.Equal(refusals, await RefusalsAsync(catalogue));
    }

    /// <summary>Typed once with the wrong tool, on a host that is being set up: the right import is all that it takes.</summary>
    [Fact]
    public async Task The_list_of_another_tool_is_a_refusal_of_that_one_and_its_import_ends_it()
    {
        await using var catalogue = await CreateAsync();

        var refused = await ImportAsync(catalogue, WalG, "--server", "orders");

        Assert.Equal(65, refused.ExitCode);
        Assert.StartsWith(
            "backup-metrics: import: this is what wal-g prints, not pgbackrest: use `import wal-g` (",
            refused.Error,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "until an import of wal-g from there succeeds. If there will be none: " + "backup-metrics catalog forget --refused wal-g\n",
            refused.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(["wal-g"], await catalogue.Database.QueryAsync<string>("SELECT tool FROM backup_metrics.backup_refusal"));
        Assert.NotNull((await Probe.OfAsync(catalogue.Database, ["catalog"])).Failure);

        await catalogue.ImportAsync(Backup(1));
        Assert.Null((await Probe.OfAsync(catalogue.Database, ["catalog"])).Failure);
    }

    [Fact]
    public async Task Where_that_tools_lists_are_imported_already_it_was_a_slip()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1));

        var slip = await ImportAsync(catalogue, WalG);

        Assert.Equal(65, slip.ExitCode);
        Assert.DoesNotContain("recorded", slip.Error, StringComparison.Ordinal);
        Assert.Equal(0, await RefusalsAsync(catalogue));
        Assert.Equal(["orders f"], await FailedAsync(catalogue));
    }

    [Fact]
    public async Task Where_the_tool_that_was_named_is_in_use_its_servers_failed()
    {
        await using var catalogue = await CreateAsync();
        await ImportAsync(catalogue, List("repo2_behind"));

        Assert.Equal(65, (await ImportAsync(catalogue, WalG)).ExitCode);

        Assert.Equal(["orders t"], await FailedAsync(catalogue));
    }

    [Fact]
    public async Task What_nobody_will_repeat_can_be_forgotten_as_the_advice_says()
    {
        await using var catalogue = await CreateAsync();
        Assert.Equal(65, (await ImportAsync(catalogue, [])).ExitCode);
        var advice = Assert.IsType<string>((await Probe.OfAsync(catalogue.Database, ["catalog"])).Failure!.Advice);
        const string Command = "backup-metrics catalog forget --refused pgbackrest";
        Assert.EndsWith(Command, advice, StringComparison.Ordinal);
        Assert.Contains("it was reached, but nothing is known from catalog", await ShowAsync(catalogue), StringComparison.Ordinal);

        string[] forget = [.. Command.Split(' ')[1..], "--connection", catalogue.Uri];
        var elsewhere = await BackupMetrics.RunAsync([.. forget, "--host", "another"]);
        var forgotten = await BackupMetrics.RunAsync(forget);

        Assert.Equal(65, elsewhere.ExitCode);
        Assert.Equal((0, "removed the refused imports of pgbackrest from 1 host\n"), (forgotten.ExitCode, forgotten.Error));
        // Nothing was ever imported, and that is all that is left to say.
        Assert.Equal(
            "source catalog: it has no server that is like *",
            (await Probe.OfAsync(catalogue.Database, ["catalog"])).Failure!.Message
        );
    }

    [Fact]
    public async Task A_refusal_that_cannot_be_recorded_says_so()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1));
        await catalogue.Database.ExecuteAsync("DROP TABLE backup_metrics.backup_refusal CASCADE");

        var result = await RefusedAsync(catalogue);

        Assert.Equal(CatalogFailureCause.Input, result.Failure!.Cause);
        Assert.StartsWith("$: it broke off (the catalogue could not record this: ", result.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("backup-import-29383740-x7k2p", "backup-import")]
    [InlineData("db-1.example", "db-1.example")]
    [InlineData("web-12345678-host1x", "web-12345678-host1x")]
    public void The_name_of_a_pod_is_that_of_its_CronJob(string machine, string host) =>
        Assert.Equal(host, ImportOrigin.StableName(machine));

    static async Task<ImportResult> RefusedAsync(CatalogDatabase catalogue, ImportOrigin? origin = null) =>
        await CatalogImport.RunAsync(
            Settings(catalogue.Uri),
            "wal-g",
            Throwing(),
            allowEmpty: false,
            CatalogDatabase.Timeout,
            CancellationToken.None,
            origin
        );

    static Task<ImportResult> ImportFromAsync(CatalogDatabase catalogue, string host) =>
        CatalogImport.RunAsync(
            Settings(catalogue.Uri),
            "wal-g",
            CatalogDatabase.List("orders", Backup(1)).ToAsyncEnumerable(),
            allowEmpty: false,
            CatalogDatabase.Timeout,
            CancellationToken.None,
            new(host, null)
        );

    static async IAsyncEnumerable<ListingItem> Throwing()
    {
        await Task.Yield();
        foreach (var item in Broken)
            yield return item;
        throw new ListingException("$", "it broke off");
    }

    static Task<IReadOnlyList<string>> FailedAsync(CatalogDatabase catalogue) =>
        catalogue.Database.QueryAsync<string>(
            "SELECT concat_ws(' ', server, error IS NOT NULL) FROM backup_metrics.backup_source ORDER BY server"
        );

    static Task<long> RefusalsAsync(CatalogDatabase catalogue) =>
        catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_refusal");
}
