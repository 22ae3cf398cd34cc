namespace BackupMetricsJob.Backups;

/// <summary>
/// From when on the backups and the WAL of one tool go on, in the storage that reaches back furthest: by the listing of its archive, else
/// by the tool's word. A storage that gets no backups any more, while another one does, does not count: its WAL has ended, too.
/// </summary>
/// <param name="Start">Null where a restore reaches until now from no backup.</param>
/// <param name="WhyNotOlder">Why older backups do not count.</param>
internal sealed record StoredWindow(DateTimeOffset? Start, string? WhyNotOlder = null)
{
    /// <summary>Whether that is only because the listing does not reach back so far.</summary>
    public bool IsListedTooShort { get; init; }

    /// <param name="oldest">When the oldest full backup of the tool finished.</param>
    public static StoredWindow Find(ProbeResult result, string source, string tool, DateTimeOffset oldest)
    {
        var storages = result.Storages.Where(storage => storage.Source == source && storage.Tool == tool).ToList();
        if (storages.Count == 0)
            return InOne(result, source, tool, oldest);
        var limit = RecoveryWindow.LongestLimit(result.Instance);
        var active = storages.Where(storage => IsActive(storage, limit)).ToList();
        // Where none is, all of them may have their WAL still: that backups are late is reported by itself.
        var counting = active.Count > 0 ? active : storages;
        var windows = counting.Select(storage => Of(result, storage, storages)).ToList();
        var best = windows.Where(window => window.Start is not null).MinBy(window => window.Start) ?? windows[0];
        return storages.Except(counting).FirstOrDefault(storage => storage.OldestFull < best.Start) is { } ended
            ? new(best.Start, $"{ended.Name} {(ended.Error is null ? "gets no backups any more" : "could not be read")}")
            : best with
            {
                WhyNotOlder = best.WhyNotOlder ?? windows.Find(window => window.WhyNotOlder is not null)?.WhyNotOlder,
            };
    }

    /// <summary>Its newest backup is within the longest limit, and it could be read.</summary>
    static bool IsActive(StorageFacts storage, TimeSpan? limit) =>
        storage.Error is null
        && (storage.Newest.Count == 0 || limit is null || storage.Newest.Any(backup => backup.Type.IsPhysical() && backup.Age <= limit));

    static StoredWindow Of(ProbeResult result, StorageFacts storage, List<StorageFacts> storages)
    {
        var listed = Listed(result, storage.Source, storage.Tool);
        // A listing under another name is of the archive that all of them share.
        var own = listed.Where(of => of.Storage == storage.Name).ToList();
        if (own.Count == 0)
            own = [.. listed.Where(of => storages.TrueForAll(other => other.Name != of.Storage))];
        return own.Count > 0 ? ByListing([.. own.Select(of => of.Window)])
            : storage is { OldestFull: null, FirstSegment: { } first } ? new(null, $"{storage.Name} has WAL from {first} on only")
            : new(storage.OldestFull, storage.FirstSegment is { } from ? $"{storage.Name} has WAL from {from} on only" : null);
    }

    // Where the oldest backup was not compared with a listing it is the tool's word.
    static StoredWindow InOne(ProbeResult result, string source, string tool, DateTimeOffset oldest)
    {
        var listed = Listed(result, source, tool).Select(of => of.Window).ToList();
        return
            listed.Count > 0
            && (
                listed.TrueForAll(window => window.Start is null)
                || result.Archive!.Backups.Any(backup => backup.Source == source && backup.Tool == tool && backup.Finished <= oldest)
            )
            ? ByListing(listed)
            : new(oldest);
    }

    static StoredWindow ByListing(List<ArchiveWindow> windows)
    {
        var best = windows.Where(window => window.Start is not null).MinBy(window => window.Start) ?? windows[0];
        return new(
            best.Start,
            best.Missing is not { } missing ? null
                : best.BeginsBeforeListing ? $"the listing of the archive does not reach back so far: {missing} is not in it"
                : $"the WAL since then is not whole: {missing} is missing"
        )
        {
            IsListedTooShort = best.BeginsBeforeListing,
        };
    }

    static List<(string Storage, ArchiveWindow Window)> Listed(ProbeResult result, string source, string tool) =>
        [.. (result.ArchiveAssessment?.Windows ?? []).Where(of => of.Window.Source == source && of.Window.Tool == tool)];
}
