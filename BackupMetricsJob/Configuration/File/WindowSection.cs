using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Configuration.File;

/// <summary>Reads window: a map of severities, one duration (critical), or none.</summary>
internal static class WindowSection
{
    /// <summary>Null if the key is missing or invalid, empty for "none".</summary>
    public static IReadOnlyList<WindowLimit>? Read(MappingReader target)
    {
        const string Key = "window";
        if (target[Key] is not { } node)
            return null;
        if (node is YamlMapping)
            return ReadMap(target.Map(Key, Keys.Severities)!);
        if (node is YamlScalar { Text: "none" })
            return [];
        if (node is YamlScalar scalar && DurationParser.TryParse(scalar.Text, out var min) && min > TimeSpan.Zero)
            return [new(Severity.Critical, min)];
        target.Problems.AddInvalidValue(node, target.Path[Key], LimitSection.Allowed);
        return null;
    }

    static List<WindowLimit> ReadMap(MappingReader severities)
    {
        LimitSection.RequireSeverity(severities);
        var limits = new List<WindowLimit>(2);
        if (severities.Duration("warning") is { } warning)
            limits.Add(new(Severity.Warning, warning));
        if (severities.Duration("critical") is { } critical)
            limits.Add(new(Severity.Critical, critical));
        if (!WindowParser.IsWarnedFirst(limits))
            severities.Problems.Add(severities.Location, $"{severities.Path}: warning must be longer than critical");
        return limits;
    }
}
