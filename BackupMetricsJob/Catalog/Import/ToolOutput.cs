using System.Runtime.CompilerServices;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// Reads a backup tool's output about its backups. The text is in memory; its backups are created one by one. Input that is not the tool's
/// is a <see cref="ListingException"/>, possibly after some items: nothing counts before the enumeration has ended.
/// </summary>
internal static class ToolOutput
{
    public static IReadOnlyList<string> Tools { get; } = ["wal-g", "pghoard", "pgbackrest", "barman", "cloudnativepg", "generic"];

    /// <summary>Whether the tool never names the server, so that <see cref="ListingOptions.Server"/> must.</summary>
    public static bool NeedsServer(string tool) => tool == "wal-g";

    /// <param name="tool">One of <see cref="Tools"/>.</param>
    /// <param name="input">The tool's output, at most 256 MiB.</param>
    /// <param name="options">What the output does not tell.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<ListingItem> ReadAsync(
        string tool,
        Stream input,
        ListingOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var pipe = JsonInput.Open(input);
        try
        {
            var json = await JsonInput.ReadAsync(pipe, tool, cancellationToken);
            var listed = tool switch
            {
                "wal-g" => WalGList.Read(json, options),
                "pghoard" => PghoardList.Read(json, options),
                "pgbackrest" => PgBackRestInfo.Read(json, options),
                "barman" => BarmanOutput.Read(json, options),
                "cloudnativepg" => CloudNativePgObjects.Read(json, options),
                "generic" => GenericList.Read(json, options),
                _ => throw new ArgumentOutOfRangeException(nameof(tool), tool, "no such tool"),
            };
            ListingItem.Skipped? skipped = null;
            var any = false;
            using var items = listed.GetEnumerator();
            while (HasNext(items, json, tool))
            {
                var item = items.Current;
                cancellationToken.ThrowIfCancellationRequested();
                any |= item is ListingItem.Backup;
                skipped ??= item as ListingItem.Skipped;
                yield return item;
            }

            // If nothing can be read, the input itself is wrong, not a record in it.
            if (skipped is not null && !any)
                throw Explained(new("", skipped.Problem), json, tool);
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    static bool HasNext(IEnumerator<ListingItem> items, JsonText json, string tool)
    {
        try
        {
            return items.MoveNext();
        }
        catch (ListingException refusal)
        {
            throw Explained(refusal, json, tool);
        }
    }

    /// <summary>A refusal with the servers that the text names, or with the other tool that prints such a text.</summary>
    static ListingException Explained(ListingException refusal, JsonText json, string tool)
    {
        if (ToolDetector.Find(json) is { } other && other != tool)
            return ToolDetector.NotOf(tool, other, refusal.Message);
        var servers = ToolDetector.Servers(json.Bytes, tool);
        if (refusal.Message.EndsWith(Fields.Nameless, StringComparison.Ordinal))
            return new("", $"{refusal.Message} That of `{Command(tool)}` is expected") { Servers = servers };
        refusal.Servers = servers;
        return refusal;
    }

    /// <summary>The command that prints the expected output.</summary>
    public static string Command(string tool) =>
        tool switch
        {
            "wal-g" => "wal-g backup-list --detail --json",
            "pghoard" => "pghoard's GET /SITE/basebackup",
            "pgbackrest" => "pgbackrest info --output=json",
            "cloudnativepg" => CloudNativePgObjects.Command,
            "generic" => "a script that prints what docs/tools/generic.md describes",
            _ => "barman -f json list-backups all",
        };

    /// <summary>What an empty output of the tool may mean.</summary>
    public static string EmptyHint(string tool) =>
        tool == "wal-g"
            ? ". Up to 3.0.5 wal-g prints nothing where there is no backup, and it prints nothing where it fails:"
                + " if there really is none, give [] with --allow-empty"
            : "";
}
