using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
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
            { "nul", "Input: backup \"base_002\" of \"orders\": its error has the character U+0000, which PostgreSQL cannot store" },
            { "nul in the name", "Input: the name of the backup has the character U+0000, which PostgreSQL cannot store: \"base\0\"" },
            { "nul in the json", "Input: PostgreSQL cannot store it: unsupported Unicode escape sequence (SQLSTATE 22P05)" },
            { "half a character", "Input: backup \"base_002\" of \"orders\": its parent has half of a surrogate pair, which is no text" },
            { "half an escaped character", "Input: PostgreSQL cannot store it: invalid input syntax for type json (SQLSTATE 22P02)" },
            { "no end", "Input: backup \"base_002\" of \"orders\" is done, but has no time at which it finished" },
            { "no time", "Input: backup \"base_002\" of \"orders\" failed, but has no time at which it did" },
            {
                "ends first",
                "Input: backup \"base_002\" of \"orders\" finished 2026-11-22 04:00:00Z before it started 2026-11-23 03:00:00Z"
            },
            { "negative", "Input: backup \"base_002\" of \"orders\" has a size below zero" },
            { "nameless", "Input: the name of the server is empty" },
            {
                "long",
                "Input: the names of server, storage and backup are longer than 2000 bytes: \"orders\", "
                    + "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\""
            },
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
            "nul" => odd with { Error = "a\0b" },
            "nul in the name" => odd with { BackupId = "base\0" },
            "nul in the json" => odd with { Raw = """{"a": "\\\u0000"}""" },
            "half a character" => odd with { ParentId = "a\uD800" },
            "half an escaped character" => odd with { Raw = """{"a": "\ud800"}""" },
            "no end" => odd with { Finished = null },
            "no time" => odd with { Status = BackupStatus.Failed, Started = null, Finished = null },
            "ends first" => odd with { Started = odd.Started!.Value.AddDays(1) },
            "negative" => odd with { StoredBytes = -1 },
            "nameless" => odd with { Server = "" },
            "long" => odd with { BackupId = new string('x', 2000) },
            _ => odd,
        };

        // Good news of another server comes first.
        var result = await _catalogue.ImportAsync(List("billing", Backup(1, "billing")).Concat(Rest()));

        Assert.Equal(message, Told(result));
        Assert.Equal(_before, await _catalogue.RowsAsync(withTransaction: true));
        Assert.Equal(
            0,
            await _catalogue.Server.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_source WHERE server <> 'orders'")
        );

        IEnumerable<Listed> Rest()
        {
            yield return new Listed.Backup(odd);
            if (what == "duplicate")
                yield return new Listed.Backup(odd);
            if (what == "half a list")
                throw new ListingException("$[2].backup_name", "must be a text, is the end of the input");
            if (what == "broken pipe")
                throw new IOException("Input/output error");
            yield return new Listed.Server("orders", null);
        }
    }

    [Fact]
    public async Task A_reader_that_gives_the_backups_of_another_tool_is_a_bug() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => _catalogue.ImportAsync(List("orders", Backup(1)), "barman"));

    [Fact]
    public async Task A_kind_that_no_tool_makes_is_refused_by_the_table()
    {
        Assert.StartsWith(
            "Input: PostgreSQL cannot store it: new row for relation \"backup_catalog\" violates check constraint",
            Told(await _catalogue.ImportAsync(Backup(3) with { Kind = BackupType.Base })),
            StringComparison.Ordinal
        );
    }
}
