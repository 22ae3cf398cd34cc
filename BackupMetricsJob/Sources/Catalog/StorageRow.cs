using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Catalog;

/// <summary>A row of source_catalog_storages.sql: a storage, and the newest successful backup of one kind in it.</summary>
internal static class StorageRow
{
    /// <summary>Adds the row to the storages of its server. Rows of the same storage are adjacent.</summary>
    /// <returns>Why the tool could not read the storage; null if it could.</returns>
    public static string? AddTo(List<StorageFacts> storages, NpgsqlDataReader row, SourceClock clock)
    {
        var (tool, name) = (row.Text("tool"), row.Text("storage"));
        var isNew = storages is not [.., var last] || last.Tool != tool || last.Name != name;
        if (isNew)
            storages.Add(Read(row, tool, name));
        if (Newest(row, clock) is { } newest)
            storages[^1] = storages[^1] with { Newest = [.. storages[^1].Newest, newest] };
        return isNew && storages[^1] is { Error: { } error, ImportedAt: { } asked } storage
            ? $"{tool} could not read {name} at {Humanize.Time(asked)}: {PlainText.OnOneLine(error)}; "
                + (storage.LastRead is { } read ? $"it last could at {Humanize.Time(read)}" : "it never could")
            : null;
    }

    static StorageFacts Read(NpgsqlDataReader row, string tool, string name) =>
        new(SourceName.Catalog, tool, name)
        {
            ImportedAt = row.TimeOrNull("imported_at"),
            LastRead = row.TimeOrNull("succeeded_at"),
            Error = row.TextOrNull("error"),
            FirstSegment = row.TextOrNull("first_wal"),
            LastSegment = row.TextOrNull("last_wal"),
            IsEmptied = row.FlagOrNull("is_emptied"),
            OldestFull = row.TimeOrNull("oldest_full_at"),
        };

    // An impossible time has already been reported with the tool's other facts.
    static StoredBackup? Newest(NpgsqlDataReader row, SourceClock clock)
    {
        if (row.TextOrNull("kind") is not { } kind || BackupTypeNames.Parse(kind) is not { } type)
            return null;
        var seconds = row.Number("at");
        if (!UnixTime.IsTime(seconds))
            return null;
        var finished = UnixTime.FromSeconds(seconds, "finished");
        return clock.IsFuture(finished)
            ? null
            : new(type, finished, clock.Since(finished))
            {
                BrokenChains = row.LongOrNull("broken_chains"),
                IsBroken = row.FlagOrNull("is_broken") == true,
            };
    }
}
