using System.Buffers;
using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// Recognises a tool's document by its keys, in case the user named another tool. Also knows where the document names servers, so that
/// these can be read from refused text.
/// </summary>
internal sealed record ToolDetector(string Tool)
{
    const int MaxNames = 10_000;

    /// <summary>Not a tool's list of backups, but the listing of a WAL archive.</summary>
    public const string Archive = "archive";

    const string Generic = "generic";

    static readonly ToolDetector[] All =
    [
        new("wal-g") { Item = ["backup_name"] },
        new("pgbackrest")
        {
            Item = ["name", "status", "db"],
            IsName = (key, depth) => key == "name" && depth == 2, // $[0].name
        },
        new("pghoard")
        {
            Document = keys => keys.ContainsKey(PghoardList.List),
            IsName = (key, depth) => key == "name" && depth == 3, // $.basebackups[0].name: SITE/basebackup/...
            Server = text => text.IndexOf("/basebackup/", StringComparison.Ordinal) is > 0 and var end ? text[..end] : text,
        },
        new(CloudNativePgObjects.Tool) { Document = keys => keys.ContainsKey("kind") && keys.ContainsKey("apiVersion") },
        new(Generic)
        {
            Item = ["tool", "server"],
            Document = keys => keys.ContainsKey("tool") && (keys.ContainsKey("backups") || keys.ContainsKey("error")),
        },
        new("barman") { Document = keys => keys.Values.Any(IsOfBarman), KeysAreServers = true },
        new(Archive)
        {
            Item = ["Path", "Size"],
            Document = keys => keys.Values.FirstOrDefault() is { Path: not null } file && IsFile(file),
        },
        new(Archive) { Item = ["start_segment", "end_segment"], Document = keys => keys.ContainsKey("integrity") },
    ];

    /// <summary>The keys of every item of the tool's list; empty if the document is not an array.</summary>
    IReadOnlyList<string> Item { get; init; } = [];

    /// <summary>Whether these are the keys of the tool's document.</summary>
    Func<OrderedDictionary<string, JsonText>, bool> Document { get; init; } = _ => false;

    /// <summary>Whether the value of a key at a depth names a server.</summary>
    Func<string, int, bool> IsName { get; init; } = (key, _) => key is "server" or "server_name";

    /// <summary>Extracts the server from such a value.</summary>
    Func<string, string> Server { get; init; } = text => text;

    /// <summary>Whether the keys of the document are servers.</summary>
    bool KeysAreServers { get; init; }

    /// <summary>The tool that prints such a text; null if no tool does, or if it is ambiguous.</summary>
    public static string? Find(JsonText json)
    {
        try
        {
            if (json.Kind == JsonTokenType.StartArray)
                return json.Items("an array").FirstOrDefault() is { Path: not null, Kind: JsonTokenType.StartObject } first
                    ? OfItem(first.Members("an object"))
                    : null;
            if (json.Kind != JsonTokenType.StartObject)
                return null;
            var keys = json.Members("an object");
            return Array.Find(All, shape => shape.Document(keys))?.Tool ?? (BarmanCloudList.Find(json) is null ? null : "barman");
        }
        catch (ListingException)
        {
            return null; // For example, because of a duplicate key.
        }
    }

    /// <summary>The refusal of a text that another tool than the named one prints.</summary>
    public static ListingException NotOf(string tool, string other, string why) =>
        other == Archive
            ? new("", $"this is the listing of a WAL archive, not {Output(tool)}: use `import {Archive} --server NAME` ({why})")
            {
                OtherTool = Archive,
            }
            : new(
                "",
                $"this is {(other == Generic ? Output(other) : $"what {other} prints")}, not {Output(tool)}: use `import {other}` ({why})"
            )
            {
                OtherTool = other,
            };

    static string Output(string tool) =>
        tool switch
        {
            Archive => "the listing of a WAL archive",
            Generic => "a list as docs/tools/generic.md describes it",
            _ => tool,
        };

    /// <summary>The servers that a refused text still names: as far as it is valid JSON, whatever its structure.</summary>
    /// <returns>Only candidates: those that are not in the catalogue mean nothing.</returns>
    public static IReadOnlyCollection<string> Servers(ReadOnlySequence<byte> utf8, string tool)
    {
        var shape = Array.Find(All, shape => shape.Tool == tool) ?? new(tool);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(utf8, isFinalBlock: false, new JsonReaderState(JsonText.Deep));
        try
        {
            while (names.Count < MaxNames && reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                var key = reader.GetString()!;
                var depth = reader.CurrentDepth;
                if (shape.KeysAreServers && depth == 1)
                    names.Add(key);
                if (shape.IsName(key, depth) && reader.Read() && reader.TokenType == JsonTokenType.String)
                    names.Add(shape.Server(reader.GetString()!));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Only what precedes the error can be read.
        }

        return names;
    }

    static string? OfItem(OrderedDictionary<string, JsonText> keys) =>
        Array.Find(All, shape => shape.Item.Count > 0 && shape.Item.All(keys.ContainsKey))?.Tool;

    /// <summary>Whether this is a server's list of backups, or a single backup.</summary>
    static bool IsOfBarman(JsonText server) =>
        server.Kind == JsonTokenType.StartArray
            ? server.Items("an array").FirstOrDefault() is { Path: not null, Kind: JsonTokenType.StartObject } first && HasId(first)
            : server.Kind == JsonTokenType.StartObject && HasId(server);

    /// <summary>Whether this is an entry of pgbackrest repo-ls for a file or a folder.</summary>
    static bool IsFile(JsonText file) =>
        file.Kind == JsonTokenType.StartObject
        && file.Members("a file").TryGetValue("type", out var type)
        && type.Kind == JsonTokenType.String
        && type.Parse().AsText() is "file" or "path" or "link" or "special";

    static bool HasId(JsonText backup) => backup.Members("a backup").ContainsKey("backup_id");
}
