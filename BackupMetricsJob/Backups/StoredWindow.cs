namespace BackupMetricsJob.Backups;

/// <summary>
/// The time since when one tool's backups and WAL are unbroken, in the storage that reaches back furthest. The archive's listing decides;
/// without a listing, the tool is trusted. A storage that gets no more backups while another one does is ignored: its WAL has ended, too.
/// </summary>
/// <param name="Start">Null if no backup can be restored up to now.</param>
/// <param name="WhyNotOlder">Why older backups do not count.</param>
internal sealed record StoredWindow(DateTimeOffset? Start, string? WhyNotOlder = null)
{
    /// <summary>Whether the only reason is that the listing does not reach back far enough.</summary>
    public bool IsListedTooShort { get; init; }

    /// <param name="oldest">When the oldest full backup of the tool finished.</param>
    public static StoredWindow Find(ProbeResult result, string source, string tool, DateTimeOffset oldest)
    {
        var storages = result.Storages.Where(storage => storage.Source == source && storage.Tool == tool).ToList();
        if (storages.Count == 0)
            return InOne(result, source, tool, oldest);
        var limit = RecoveryWindow.LongestLimit(result.Instance);
        var active = storages.Where(storage => IsActive(storage, limit)).ToList();
        // If no storage is active, all of them may still have their WAL. Late backups are reported separately.
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

    /// <summary>Whether the storage could be read and its newest backup is within the longest limit.</summary>
    static bool IsActive(StorageFacts storage, TimeSpan? limit) =>
        storage.Error is null
        && (storage.Newest.Count == 0 || limit is null || storage.Newest.Any(backup => backup.Type.IsPhysical() && backup.Age <= limit));

    static StoredWindow Of(ProbeResult result, StorageFacts storage, List<StorageFacts> storages)
    {
        var listed = Listed(result, storage.Source, storage.Tool);
        // A listing under any other name belongs to the archive that all storages share.
        var own = listed.Where(of => of.Storage == storage.Name).ToList();
        if (own.Count == 0)
            own = [.. listed.Where(of => storages.TrueForAll(other => other.Name != of.Storage))];
        return own.Count > 0 ? ByListing([.. own.Select(of => of.Window)])
            : storage is { OldestFull: null, FirstSegment: { } first } ? new(null, $"{storage.Name} has WAL from {first} on only")
            : new(storage.OldestFull, storage.FirstSegment is { } from ? $"{storage.Name} has WAL from {from} on only" : null);
    }

    // If the oldest backup was not compared with a listing, the tool is trusted.
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
