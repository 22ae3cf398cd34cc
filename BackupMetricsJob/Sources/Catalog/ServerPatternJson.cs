using System.Text;
using System.Text.Json;
using BackupMetricsJob.Backups;
using Npgsql;
using NpgsqlTypes;

namespace BackupMetricsJob.Sources.Catalog;

/// <summary>Server patterns as parameters of the catalogue's queries. They are JSON arrays because no array type is loaded.</summary>
internal static class ServerPatternJson
{
    /// <summary>The equivalent LIKE patterns.</summary>
    public static NpgsqlParameter Like(ServerPatterns patterns) => Text(Array([.. patterns.Patterns.Select(Like)]));

    /// <summary>The names, if no name is a pattern; otherwise null. With names, the catalogue need not be searched for servers.</summary>
    public static NpgsqlParameter Names(ServerPatterns patterns) => Text(patterns.AreNames ? Array(patterns.Listed) : null);

    static string Like(string pattern)
    {
        var like = new StringBuilder(pattern.Length);
        foreach (var c in pattern)
        {
            if (c is '\\' or '%' or '_')
                like.Append('\\');
            like.Append(c == '*' ? '%' : c);
        }

        return like.ToString();
    }

    static string Array(IReadOnlyList<string> texts)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var text in texts)
                json.WriteStringValue(text);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    static NpgsqlParameter Text(string? text) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)text ?? DBNull.Value };
}
