using System.Text;
using System.Text.Json;

namespace BackupMetricsJob.Catalog;

/// <summary>What a tool says of its repositories, as the parameter of catalog_merge_storage.sql.</summary>
internal static class RepositoryJson
{
    public static string Write(IReadOnlyList<ListedRepository> repositories)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var repository in repositories)
            {
                json.WriteStartObject();
                json.WriteString("storage", repository.Storage);
                json.WriteString("error", repository.Error is null ? null : RowProblem.Storable(repository.Error));
                json.WriteString("first_wal", repository.FirstWal);
                json.WriteString("last_wal", repository.LastWal);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
