using BackupMetricsJob.Catalog;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>Input that is wrong anywhere leaves the catalogue as it was, and the message names what is wrong.</summary>
public sealed class CatalogRefusedInputTests(SharedCatalogDatabase shared) : IClassFixture<SharedCatalogDatabase>, IAsyncLifetime
{
    readonly CatalogDatabase _catalogue = shared.Database;
    IReadOnlyList<string> _before = [];

    public static TheoryData<string, string> Refused =>
        new()
        {
            { "duplicate", "Input: backup \"base_002\" of \"orders\" (storage default) is listed 2 times" },
            { "nul in the json", "Input: PostgreSQL cannot store it: unsupported Unicode escape sequence (SQLSTATE 22P05)" },
            { "half an escaped character", "Input: PostgreSQL cannot store it: invalid input syntax for type json (SQLSTATE 22P02)" },
            { "half a list", "Input: $[2].backup_name: must be a text, is the end of the input" },
            { "broken pipe", "Input: the input broke off: Input/output error" },
        };

    public async Task InitializeAsync()
    {
        await _catalogue.ImportAsync(Backup(1), Backup(2));
        _before = await _catalogue.RowsAsync(withTransaction: true);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Nothing_is_written(string what, string message)
    {
        var odd = Backup(2);
        odd = what switch
        {
            "nul in the json" => odd with { Raw = """{"a": "\\\u0000"}""" },
            "half an escaped character" => odd with { Raw = """{"a": "\ud800"}""" },
            _ => odd,
        };

        // Good news of another server comes first.
        var result = await _catalogue.ImportAsync(List("billing", Backup(1, "billing")).Concat(Rest()));

        Assert.Equal(message, Told(result));
        Assert.Equal(_before, await _catalogue.RowsAsync(withTransaction: true));
        Assert.Equal(
            0,
            await _catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_source WHERE server <> 'orders'")
        );

        IEnumerable<ListingItem> Rest()
        {
            yield return new ListingItem.Backup(odd);
            if (what == "duplicate")
                yield return new ListingItem.Backup(odd);
            if (what == "half a list")
                throw new ListingException("$[2].backup_name", "must be a text, is the end of the input");
            if (what == "broken pipe")
                throw new IOException("Input/output error");
            yield return new ListingItem.CompleteServer("orders", null);
        }
    }

    [Fact]
    public async Task A_reader_that_gives_the_backups_of_another_tool_is_a_bug() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => _catalogue.ImportAsync(List("orders", Backup(1)), "barman"));

    public static TheoryData<string, string> Skipped =>
        new()
        {
            { "nul", "backup \"base_003\" of \"orders\": its error has the character U+0000, which PostgreSQL cannot store" },
            { "nul in the name", "the name of the backup has the character U+0000, which PostgreSQL cannot store: \"base\0\"" },
            { "half a character", "backup \"base_003\" of \"orders\": its parent has half of a surrogate pair, which is no text" },
            { "no end", "backup \"base_003\" of \"orders\" is done, but has no time at which it finished" },
            { "no time", "backup \"base_003\" of \"orders\" failed, but has no time at which it did" },
            { "ends first", "backup \"base_003\" of \"orders\" finished 2026-11-23 04:00:00Z before it started 2026-11-24 03:00:00Z" },
            { "negative", "backup \"base_003\" of \"orders\" has a size below zero" },
            { "nameless", "the name of the server is empty" },
            {
                "long",
                "the names of server, storage and backup are longer than 2000 bytes: \"orders\", "
                    + "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\""
            },
        };

    [Theory]
    [MemberData(nameof(Skipped))]
    public async Task A_record_that_cannot_be_stored_is_skipped_and_the_others_are_written(string what, string message)
    {
        await using var catalogue = await CreateAsync();
        var odd = Backup(3);
        odd = what switch
        {
            "nul" => odd with { Error = "a\0b" },
            "nul in the name" => odd with { BackupId = "base\0" },
            "half a character" => odd with { ParentId = "a\uD800" },
            "no end" => odd with { Finished = null },
            "no time" => odd with { Status = BackupStatus.Failed, Started = null, Finished = null },
            "ends first" => odd with { Started = odd.Started!.Value.AddDays(1) },
            "negative" => odd with { StoredBytes = -1 },
            "nameless" => odd with { Server = "" },
            _ => odd with { BackupId = new string('x', 2000) },
        };
        await catalogue.ImportAsync(Backup(1), Backup(3));

        var result = await catalogue.ImportAsync([new ListingItem.Backup(odd), .. List("orders", Backup(1), Backup(2))]);

        Assert.Equal(message, Assert.Single(result.Skipped).Problem);
        Assert.Equal((1, 1), (result.New, result.Unchanged));
        // What is listed and cannot be read is not gone, where it has a name.
        var gone = what is "nul in the name" or "nameless" or "long" ? " gone" : "";
        Assert.Equal(["orders base_001 done", "orders base_002 done", "orders base_003 done" + gone], await catalogue.RowsAsync());
    }

    [Fact]
    public async Task A_server_of_which_nothing_can_be_read_is_an_error_of_it_and_none_of_the_others()
    {
        await using var catalogue = await CreateAsync();

        var result = await catalogue.ImportAsync([
            new ListingItem.Skipped("orders", "base_001", "$[0]: no"),
            new ListingItem.CompleteServer("orders", null),
            .. List("billing", Backup(1, "billing")),
        ]);

        Assert.Equal(("orders", "none of its backups can be read: $[0]: no"), Assert.Single(result.Errors));
        Assert.Equal(["billing base_001 done"], await catalogue.RowsAsync());
    }

    [Fact]
    public async Task A_file_that_a_person_mistyped_at_a_terminal_is_no_failure_of_a_server()
    {
        await using var catalogue = await CreateAsync();
        await CatalogStoragesTests.ImportAsync(catalogue, CatalogStoragesTests.List("repo2_behind"));
        string[] commands =
        [
            $"import pgbackrest /nowhere/list.json --connection {catalogue.Uri}",
            $"run --import pgbackrest=/nowhere/list.json --connection {catalogue.Uri} --instance orders --textfile /nowhere/orders.prom",
        ];
        foreach (var command in commands)
        {
            // script provides a terminal.
            var result = await ChildProcess.RunAsync(
                Tool.Find("script", "apt-get install bsdutils"),
                ["-qec", $"{BackupMetrics.Executable} {command}", "/dev/null"],
                new()
                {
                    Environment = new Dictionary<string, string>
                    {
                        ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
                        ["DOTNET_ROOT"] = BackupMetrics.DotnetRoot,
                        ["SHELL"] = "/bin/sh",
                    },
                }
            );

            Assert.Equal(64, result.ExitCode);
            Assert.Contains(
                "/nowhere/list.json does not exist: nothing was imported, and no failure was recorded",
                result.Output,
                StringComparison.Ordinal
            );
        }

        Assert.False(await catalogue.Database.ScalarAsync<bool>("SELECT error IS NOT NULL FROM backup_metrics.backup_source"));
        Assert.Equal(0, await catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_refusal"));
    }
}
