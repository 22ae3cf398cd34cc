using System.Text.Json;

namespace BackupMetricsJob.Pushgateway;

/// <summary>The answers of Prometheus' and the Pushgateway's API that fit into memory: an object with a status, and data or an error.</summary>
internal static class ApiData
{
    const int Longest = 64 << 20;

    /// <exception cref="JsonException">It is something else, too long, or an error.</exception>
    public static JsonElement Read(Stream stream)
    {
        using var text = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            if (text.Length + read > Longest) throw new JsonException($"it is longer than {Longest >> 20} MiB");
            text.Write(buffer, 0, read);
        }

        using var document = JsonDocument.Parse(text.GetBuffer().AsMemory(0, (int)text.Length));
        var answer = document.RootElement;
        if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("data", out var data) && data.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            return data.Clone();
        throw new JsonException("it has no data in it");
    }
}
