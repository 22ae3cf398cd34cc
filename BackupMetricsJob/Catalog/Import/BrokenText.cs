using System.Buffers;
using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>The servers that a text still names although it was refused: up to where it is JSON, whatever its shape.</summary>
internal static class BrokenText
{
    const int MaxNames = 10_000;

    /// <summary>The names are no more than candidates: only those that the catalogue knows mean anything.</summary>
    public static IReadOnlyCollection<string> Servers(ReadOnlySequence<byte> utf8, string tool)
    {
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
                if (tool == "barman" && depth == 1)
                    names.Add(key);
                if (IsName(tool, key, depth) && reader.Read() && reader.TokenType == JsonTokenType.String)
                    names.Add(Server(tool, reader.GetString()!));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // What came before it is all there is.
        }

        return names;
    }

    // $[0].name of pgBackRest, $.basebackups[0].name of pghoard; the others say whose a backup is.
    static bool IsName(string tool, string key, int depth) =>
        tool switch
        {
            "pgbackrest" => key == "name" && depth == 2,
            "pghoard" => key == "name" && depth == 3,
            _ => key is "server" or "server_name",
        };

    static string Server(string tool, string text) =>
        tool == "pghoard" && text.IndexOf("/basebackup/", StringComparison.Ordinal) is > 0 and var end ? text[..end] : text;
}
