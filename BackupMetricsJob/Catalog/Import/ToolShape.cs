using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>Which tool prints a text, by the keys of its first backup or stanza: for a person who named another tool.</summary>
internal static class ToolShape
{
    /// <summary>Null where it is nobody's, or says too little.</summary>
    public static string? Find(JsonText json)
    {
        try
        {
            return json.Kind switch
            {
                JsonTokenType.StartArray => json.Items("an array").FirstOrDefault() is { Path: not null } first ? OfItem(first) : null,
                JsonTokenType.StartObject => OfObject(json),
                _ => null,
            };
        }
        catch (ListingException)
        {
            return null; // A key that stands twice, for example.
        }
    }

    static string? OfItem(JsonText item)
    {
        if (item.Kind != JsonTokenType.StartObject)
            return null;
        var keys = item.Members("an object");
        return keys.ContainsKey("backup_name") ? "wal-g"
            : keys.ContainsKey("name") && keys.ContainsKey("status") && keys.ContainsKey("db") ? "pgbackrest"
            : keys.ContainsKey("tool") && keys.ContainsKey("server") ? "generic"
            : null;
    }

    static string? OfObject(JsonText json)
    {
        var keys = json.Members("an object");
        return keys.ContainsKey(PghoardList.List) ? "pghoard"
            : keys.ContainsKey("kind") && keys.ContainsKey("apiVersion") ? CloudNativePgObjects.Tool
            : keys.ContainsKey("tool") && (keys.ContainsKey("backups") || keys.ContainsKey("error")) ? "generic"
            : BarmanCloudList.Find(json) is not null || keys.Values.Any(IsOfBarman) ? "barman"
            : null;
    }

    /// <summary>A server's list of backups, or the one that is shown.</summary>
    static bool IsOfBarman(JsonText server) =>
        server.Kind == JsonTokenType.StartArray
            ? server.Items("an array").FirstOrDefault() is { Path: not null, Kind: JsonTokenType.StartObject } first && HasId(first)
            : server.Kind == JsonTokenType.StartObject && HasId(server);

    static bool HasId(JsonText backup) => backup.Members("a backup").ContainsKey("backup_id");
}
