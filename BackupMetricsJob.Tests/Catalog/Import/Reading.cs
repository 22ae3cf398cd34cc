using System.Text;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>What the reader of a tool's output makes of a text, at noon of the day on which the fixtures were made.</summary>
internal static class Reading
{
    public static readonly DateTimeOffset Noon = Utc("2026-11-22T12:00:00");

    public static DateTimeOffset Utc(string time) => DateTimeOffset.Parse(time + "Z", System.Globalization.CultureInfo.InvariantCulture);

    public static ListingOptions Options(string? server = null, string zone = "UTC", DateTimeOffset? now = null) =>
        new(server, TimeZoneInfo.FindSystemTimeZoneById(zone), now ?? Noon);

    public static async Task<List<ListingItem>> Of(string tool, Stream input, ListingOptions? options = null)
    {
        var items = new List<ListingItem>();
        await foreach (
            var item in ToolOutput.ReadAsync(tool, input, options ?? Options(tool == "wal-g" ? "db1" : null), CancellationToken.None)
        )
            items.Add(item);
        return items;
    }

    public static async Task<List<ListingItem>> Of(string tool, byte[] input, ListingOptions? options = null)
    {
        using var stream = new MemoryStream(input);
        return await Of(tool, stream, options);
    }

    /// <summary>All that was read, so that two readings can be compared.</summary>
    public static async Task<string> TextOf(string tool, string input, ListingOptions? options = null) =>
        Text(await Of(tool, input, options));

    public static string Text(IEnumerable<ListingItem> items) =>
        string.Join(
            '\n',
            items.Select(item =>
                item is ListingItem.CompleteServer list
                    ? $"{list.Name} {list.Error} [{string.Join(' ', list.Storages ?? [])}] {list.MayLackTypes} {list.Cluster}"
                        + $" [{string.Join(' ', list.Earlier)}] [{string.Join(' ', list.FormerNames)}]"
                    : item.ToString()
            )
        );

    public static Task<List<ListingItem>> Of(string tool, string input, ListingOptions? options = null) =>
        Of(tool, Encoding.UTF8.GetBytes(input), options);

    public static async Task<List<CatalogRow>> Rows(string tool, string input, ListingOptions? options = null) =>
        [.. (await Of(tool, input, options)).OfType<ListingItem.Backup>().Select(backup => backup.Row)];

    public static async Task<CatalogRow> Row(string tool, string input, ListingOptions? options = null) =>
        Assert.Single(await Rows(tool, input, options));

    public static async Task<List<(string Name, string? Error)>> Servers(string tool, string input, ListingOptions? options = null) =>
        [.. (await Of(tool, input, options)).OfType<ListingItem.CompleteServer>().Select(server => (server.Name, server.Error))];

    public static async Task<string> Refusal(string tool, string input, ListingOptions? options = null) =>
        (await Assert.ThrowsAsync<ListingException>(() => Of(tool, input, options))).Message;

    public static string Fixture(string name) => File.ReadAllText(Path.Combine(Repository.Tests, "Fixtures", name));

    /// <summary>A list that is read right and was understood wrong, as of the moment at which it was made.</summary>
    public static Task<List<ListingItem>> Meaning(string tool, string file, string now, string? server = null, string zone = "UTC") =>
        Of(tool, Fixture($"{(tool == "wal-g" ? "walg" : tool)}/meaning/{file}.json"), Options(server, zone, Utc(now)));

    /// <summary>Every fixture that an importer reads.</summary>
    public static IReadOnlyList<(string Tool, string File)> Fixtures { get; } =
    [
        ("pgbackrest", "pgbackrest/info_00_no_repo_content.json"),
        ("pgbackrest", "pgbackrest/info_02_unknown_stanza.json"),
        ("pgbackrest", "pgbackrest/info_03_no_valid_backups.json"),
        ("pgbackrest", "pgbackrest/info_10_full_diff_incr.json"),
        ("pgbackrest", "pgbackrest/info_20_lock_held.json"),
        ("barman", "barman/list_backups_all.json"),
        ("barman", "barman/list_backups_all_00_empty.json"),
        ("barman", "barman/show_backup_pgrsync_latest.json"),
        ("wal-g", "walg/backup_list_detail.json"),
        ("wal-g", "walg/backup_list_detail_empty.json"),
        ("pghoard", "pghoard/http_basebackups.json"),
        ("cloudnativepg", "cloudnativepg/objects.json"),
        ("generic", "generic/every-key.json"),
    ];
}
