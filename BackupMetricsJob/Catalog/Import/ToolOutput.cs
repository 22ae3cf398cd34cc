using System.Runtime.CompilerServices;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// Reads what a backup tool prints about its backups. Memory does not grow with the list. Input that is not the tool's is a
/// <see cref="ListingException"/>, possibly after items were given: nothing that was read counts before the enumeration has ended.
/// </summary>
internal static class ToolOutput
{
    public static IReadOnlyList<string> Tools { get; } = ["wal-g", "pghoard", "pgbackrest", "barman"];

    /// <summary>Whether the tool never says whose backups they are, so that <see cref="ListingOptions.Server"/> must.</summary>
    public static bool NeedsServer(string tool) => tool == "wal-g";

    /// <param name="tool">One of <see cref="Tools"/>.</param>
    /// <param name="json">From its position on. What cannot be read twice is copied: more than 1 MiB of it to an unnamed temporary file.</param>
    /// <param name="options">What the output does not say.</param>
    /// <param name="cancel">Ends the reading.</param>
    public static async IAsyncEnumerable<Listed> ReadAsync(
        string tool, Stream json, ListingOptions options, [EnumeratorCancellation] CancellationToken cancel)
    {
        var input = await RereadableInput.OfAsync(json, cancel);
        try
        {
            await FirstLook.CheckAsync(input, tool, cancel);
            var listed = tool switch
            {
                "wal-g" => WalGList.ReadAsync(input, options, cancel),
                "pghoard" => PghoardList.ReadAsync(input, options, cancel),
                "pgbackrest" => PgBackRestInfo.ReadAsync(input, options, cancel),
                "barman" => BarmanOutput.ReadAsync(input, options, cancel),
                _ => throw new ArgumentOutOfRangeException(nameof(tool), tool, "no such tool"),
            };
            await foreach (var item in listed)
                yield return item;
        }
        finally
        {
            if (input != json)
                await input.DisposeAsync();
        }
    }

    /// <summary>What to type to get the output that is read.</summary>
    public static string Command(string tool) => tool switch
    {
        "wal-g" => "wal-g backup-list --detail --json",
        "pghoard" => "pghoard's GET /SITE/basebackup",
        "pgbackrest" => "pgbackrest info --output=json",
        _ => "barman -f json list-backups all",
    };
}
