namespace BackupMetricsJob.Backups;

/// <summary>
/// Merges facts about one instance from several places into one per source, tool and type: the newest backup wins, counts add up. So no
/// push ever contains the same series twice.
/// </summary>
internal static class FactsMerge
{
    public static IReadOnlyList<BackupFacts> Merge(IReadOnlyList<BackupFacts> a, IReadOnlyList<BackupFacts> b)
    {
        if (a.Count == 0)
            return b;
        if (b.Count == 0)
            return a;
        var merged = new List<BackupFacts>(a);
        foreach (var facts in b)
        {
            var at = merged.FindIndex(other => other.Source == facts.Source && other.Tool == facts.Tool && other.Type == facts.Type);
            if (at < 0)
                merged.Add(facts);
            else
                merged[at] = Merge(merged[at], facts);
        }

        return merged;
    }

    /// <summary>Two catalogues may each know archives of the same instance.</summary>
    public static ArchiveEvidence? Merge(ArchiveEvidence? a, ArchiveEvidence? b) =>
        a is null || b is null ? a ?? b : new([.. a.Listings, .. b.Listings], [.. a.Backups, .. b.Backups]);

    /// <summary>
    /// Merges by source, tool and name: the newest backup wins, and the later report on whether the storage could be read.
    /// </summary>
    public static IReadOnlyList<StorageFacts> Merge(IReadOnlyList<StorageFacts> a, IReadOnlyList<StorageFacts> b)
    {
        if (a.Count == 0 || b.Count == 0)
            return a.Count == 0 ? b : a;
        var merged = new List<StorageFacts>(a);
        foreach (var facts in b)
        {
            var at = merged.FindIndex(other => other.Source == facts.Source && other.Tool == facts.Tool && other.Name == facts.Name);
            if (at < 0)
                merged.Add(facts);
            else
                merged[at] = (facts.ImportedAt > merged[at].ImportedAt ? facts : merged[at]) with
                {
                    Newest =
                    [
                        .. merged[at]
                            .Newest.Concat(facts.Newest)
                            .GroupBy(backup => backup.Type)
                            .Select(type => type.MinBy(backup => backup.Age)!),
                    ],
                    IsEmptied = merged[at].IsEmptied & facts.IsEmptied,
                };
        }

        return merged;
    }

    static BackupFacts Merge(BackupFacts a, BackupFacts b)
    {
        var newest = b.LastSuccess is { } later && !(a.LastSuccess >= later) ? b : a;
        return newest with
        {
            Oldest = a.Oldest is null || b.Oldest < a.Oldest ? b.Oldest ?? a.Oldest : a.Oldest,
            LastFailure = a.LastFailure is null || b.LastFailure > a.LastFailure ? b.LastFailure ?? a.LastFailure : a.LastFailure,
            Counts = a.Counts is null || b.Counts is null ? a.Counts ?? b.Counts : a.Counts + b.Counts,
            Running = a.Running is null || b.Running?.Since < a.Running.Since ? b.Running ?? a.Running : a.Running,
            BrokenChains = Broken(a.BrokenChains, b.BrokenChains),
            LastTest = a.LastTest is null || b.LastTest?.At > a.LastTest.At ? b.LastTest ?? a.LastTest : a.LastTest,
        };
    }

    /// <summary>Zero broken chains on one side and an unknown number on the other are unknown, not zero.</summary>
    static long? Broken(long? a, long? b) => (a ?? 0) + (b ?? 0) is > 0 and var broken ? broken : a + b;
}
