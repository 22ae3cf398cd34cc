using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// Writes one line about each repository or storage: its newest backup of each type and the end of its WAL; and one about all of them.
/// </summary>
internal static class ShowStorageLines
{
    /// <summary>The storages about which something is known.</summary>
    public static IEnumerable<(string Name, string Text)> Describe(ProbeResult result)
    {
        foreach (var storage in result.Storages)
        {
            var isOneOfSeveral = result.Storages.Any(other => other.Tool == storage.Tool && other.Name != storage.Name);
            if (Describe(storage, isOneOfSeveral) is { Length: > 0 } text)
                yield return ($"{Humanize.Tool(storage.Tool)} {storage.Name}", text);
        }
    }

    public static string Copies(Copies copies, Instance instance) =>
        $"{Humanize.Count(copies.Count, "storage")} with a backup that is new enough"
        + (
            instance.Copies is { } asked ? $" ({asked} asked for)" : ", and copies are not asked for: one that falls behind is not reported"
        );

    /// <summary>How far back a restore reaches, and how far it must; null if no window is configured.</summary>
    public static string? Window(ProbeResult result)
    {
        if (result.Instance.Window.Count == 0)
            return null;
        var asked = result.Instance.Window.OrderBy(limit => limit.Severity).Select(limit => $"{Humanize.Duration(limit.Min)}").ToList();
        var young = WindowLimit.For(result).FirstOrDefault(limit => limit.Requested is not null) is { } reduced
            ? $", {Humanize.Duration(reduced.Min)} for now, since the cluster is young"
            : "";
        var limit = $"{(asked.Count == 1 ? "limit" : "limits")} {string.Join(" and ", asked)}{young}";
        return result.Windows.MinBy(window => window.Start) is { } window
            ? $"{Humanize.Duration(result.At - window.Start)} ({limit}), since {Humanize.Time(window.Start)}, {Humanize.Tool(window.Tool)}"
            : $"unknown ({limit})";
    }

    static string Describe(StorageFacts storage, bool isOneOfSeveral)
    {
        if (storage is { Error: not null, ImportedAt: { } asked })
            return $"could not be read at {Humanize.Time(asked)}, "
                + (storage.LastRead is { } read ? $"last read at {Humanize.Time(read)}" : "never read");
        var parts = storage
            .Newest.OrderBy(backup => backup.Age)
            .Select(backup =>
                $"{backup.Type.Name()} {Humanize.Duration(backup.Age)} old{(backup.IsBroken ? " (cannot be restored from here)" : "")}"
            )
            .ToList();
        if (parts.Count == 0 && isOneOfSeveral)
            parts.Add(storage.IsEmptied == true ? "no backup any more" : "no backup");
        if (storage is { FirstSegment: { } first, LastSegment: { } last })
            parts.Add($"WAL from {first} to {last} (what lies between is not checked)");
        return string.Join(", ", parts);
    }
}
