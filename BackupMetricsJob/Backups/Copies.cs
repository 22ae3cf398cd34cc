namespace BackupMetricsJob.Backups;

/// <summary>
/// In how many storages there is a backup that is new enough. A storage counts if its newest backup of the kind that has a limit is within
/// the longest limit, and if the tool could read it the last time it was asked. What only the server saw stopped counts once.
/// </summary>
/// <param name="Count">How many storages count.</param>
/// <param name="Storages">All that are known, by tool and name, with why one does not count.</param>
internal sealed record Copies(int Count, IReadOnlyList<Copy> Storages)
{
    static readonly Comparer<(string Tool, string Storage)> ByName = Comparer<(string Tool, string Storage)>.Create(
        (one, other) =>
            string.CompareOrdinal(one.Tool, other.Tool) is not 0 and var order ? order : string.CompareOrdinal(one.Storage, other.Storage)
    );

    /// <summary>Null if nobody asked for copies and there is one storage at most, or if not every source could be asked.</summary>
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

        // One good word about a storage is enough: the newest backup of a type may be old, and that of another new.
        void Add(string tool, string storage, string? whyNot)
        {
            if (!copies.TryGetValue((tool, storage), out var known) || known is not null)
                copies[(tool, storage)] = whyNot;
        }
    }

    /// <summary>Whether a tool has more than one storage.</summary>
    public static bool AreInSeveral(IReadOnlyList<StorageFacts> storages) =>
        storages.GroupBy(storage => storage.Tool).Any(tool => tool.Select(storage => storage.Name).Distinct().Skip(1).Any());

    /// <summary>A source that says nothing may know of copies.</summary>
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
/// <param name="Storage">Empty where no source says which it is.</param>
/// <param name="WhyNot">Why it does not count; null if it does.</param>
internal sealed record Copy(string Tool, string Storage, string? WhyNot)
{
    public string Name => Storage.Length == 0 ? $"the storage of {Humanize.Tool(Tool)}" : $"{Storage} ({Humanize.Tool(Tool)})";

    public string Place => Storage.Length == 0 ? "its storage" : Storage;
}

/// <summary>
/// The limit that a copy is judged by: the longest one for base backups; without any, that for full backups, then that for dumps. Without
/// all of them any backup counts, of whatever age.
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
