using System.Text;
using System.Text.Json;

namespace BackupMetricsJob.Catalog;

/// <summary>Lists as query parameters of the catalogue. They are JSON because no array type is loaded.</summary>
internal static class ParameterJson
{
    /// <summary>An array of texts.</summary>
    public static string Array(IEnumerable<string> texts) => Write(texts, (json, text) => json.WriteStringValue(text));

    /// <summary>An array of objects.</summary>
    /// <param name="items">The source items.</param>
    /// <param name="write">Writes the members of one object.</param>
    public static string Objects<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write) =>
        Write(
            items,
            (json, item) =>
            {
                json.WriteStartObject();
                write(json, item);
                json.WriteEndObject();
            }
        );

    /// <summary>A member that is an array of texts, or null.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string>? texts)
    {
        if (texts is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    static string Write<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var item in items)
                write(json, item);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
