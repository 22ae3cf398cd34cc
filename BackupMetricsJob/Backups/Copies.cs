namespace BackupMetricsJob.Backups;

/// <summary>
/// How many storages hold a recent enough backup. A storage counts if the tool could read it the last time, and if its newest backup of the
/// limited type is within the longest limit. Backups known only to the server count as one storage.
/// </summary>
/// <param name="Count">How many storages count.</param>
/// <param name="Storages">All known storages, ordered by tool and name, with the reason if one does not count.</param>
internal sealed record Copies(int Count, IReadOnlyList<Copy> Storages)
{
    static readonly Comparer<(string Tool, string Storage)> ByName = Comparer<(string Tool, string Storage)>.Create(
        (one, other) =>
            string.CompareOrdinal(one.Tool, other.Tool) is not 0 and var order ? order : string.CompareOrdinal(one.Storage, other.Storage)
    );

    /// <summary>Null if no number of copies is configured and there is at most one storage, or if a source could not be queried.</summary>
    public static Copies? Find(ProbeResult result)
    {
        var asked = result.Instance.Copies is not null;
        if (!asked && !AreInSeveral(result.Storages) || !AllSourcesAnswered(result))
            return null;
        var limit = CopyLimit.For(result.Instance);
        var copies = new SortedDictionary<(string Tool, string Storage), string?>(ByName);
        foreach (var storage in result.Storages.Where(storage => IsDated(storage, result)))
            Add(storage.Tool, storage.Name, limit.WhyNot(storage));
        var dated = copies.Keys.Select(key => key.Tool).ToHashSet(StringComparer.Ordinal);
        foreach (var backup in BackupFindings.Trusted(result))
        {
            if (backup is { LastSuccess: not null, Age: { } age } && limit.Includes(backup.Type) && !dated.Contains(backup.Tool))
                Add(backup.Tool, "", OfOnly(result, backup.Tool) is { Error: not null } ? CopyLimit.Unreadable : limit.WhyNot(age));
        }

        var count = copies.Values.Count(whyNot => whyNot is null);
        return count == 0 && result.Server is { InRecovery: true }
            ? null
            : new(count, [.. copies.Select(copy => new Copy(copy.Key.Tool, copy.Key.Storage, copy.Value))]);

        // One backup that counts is enough for a storage: its newest backup of one type may be old, and that of another type recent.
        void Add(string tool, string storage, string? whyNot)
        {
            if (!copies.TryGetValue((tool, storage), out var known) || known is not null)
                copies[(tool, storage)] = whyNot;
        }
    }

    /// <summary>Whether a tool has more than one storage.</summary>
    public static bool AreInSeveral(IReadOnlyList<StorageFacts> storages) =>
        storages.GroupBy(storage => storage.Tool).Any(tool => tool.Select(storage => storage.Name).Distinct().Skip(1).Any());

    /// <summary>A source that did not answer may know of copies.</summary>
    static bool AllSourcesAnswered(ProbeResult result) =>
        result is { Failure: null } or { Backups.Count: > 0 } or { Storages.Count: > 0 }
        && result.Instance.Sources.All(source =>
            source == SourceName.Server
            || result.SourcesThatAnswered.Contains(source)
            || result.Backups.Any(backup => backup.Source == source)
            || result.Storages.Any(storage => storage.Source == source)
        );

    static bool IsDated(StorageFacts storage, ProbeResult result) =>
        storage.Newest.Count > 0 || result.Storages.Any(other => other.Tool == storage.Tool && other.Name != storage.Name);

    static StorageFacts? OfOnly(ProbeResult result, string tool) => result.Storages.FirstOrDefault(storage => storage.Tool == tool);
}

/// <summary>One storage.</summary>
/// <param name="Storage">Empty if no source names the storage.</param>
/// <param name="WhyNot">Why it does not count; null if it does.</param>
internal sealed record Copy(string Tool, string Storage, string? WhyNot)
{
    public string Name => Storage.Length == 0 ? $"the storage of {Humanize.Tool(Tool)}" : $"{Storage} ({Humanize.Tool(Tool)})";

    public string Place => Storage.Length == 0 ? "its storage" : Storage;
}

/// <summary>
/// The limit that copies are judged by: the longest limit for base backups, else for full backups, else for dumps. Without any of these
/// limits, a backup of any age counts.
/// </summary>
internal sealed record CopyLimit(LimitType Type, TimeSpan? MaxAge)
{
    public const string Unreadable = "could not be read";

    public static CopyLimit For(Instance instance)
    {
        foreach (var type in (ReadOnlySpan<LimitType>)[LimitType.Base, LimitType.Full, LimitType.Logical])
        {
            if (instance.Limits.Where(limit => limit.Type == type).Max(limit => (TimeSpan?)limit.MaxAge) is { } longest)
                return new(type, longest);
        }

        return new(LimitType.Base, null);
    }

    public bool Includes(BackupType type) =>
        Type switch
        {
            LimitType.Full => type == BackupType.Full,
            LimitType.Logical => type == BackupType.Logical,
            _ => type.IsPhysical() || (MaxAge is null && type == BackupType.Logical),
        };

    public string? WhyNot(StorageFacts storage)
    {
        if (storage.Error is not null)
            return Unreadable;
        var meant = storage.Newest.Where(backup => Includes(backup.Type)).OrderBy(backup => backup.Age).ToList();
        if (meant.Find(backup => !backup.IsBroken) is not { } restorable)
            return meant.Count == 0 ? "has none" : "its newest cannot be restored from it: what it builds on is not there";
        return WhyNot(restorable.Age, meant[0].IsBroken ? "its newest that can be restored" : "its newest");
    }

    public string? WhyNot(TimeSpan age, string what = "its newest") =>
        age > MaxAge ? $"{what} is {Humanize.Duration(age)} old, the limit is {Humanize.Duration(MaxAge.Value)}" : null;
}
