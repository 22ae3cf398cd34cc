using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Configuration.File;

/// <summary>Reads max_age: for each type a map of severities, one duration (critical), or none.</summary>
internal static class LimitSection
{
    public const string Allowed = "none, " + DurationParser.AllowedPositive + ", or a map of warning and critical";

    public static IReadOnlyList<TypeLimits> Read(MappingReader target)
    {
        if (target.Map("max_age", Keys.MaxAge) is not { } fields)
            return [];
        var all = new List<TypeLimits>();
        foreach (var type in LimitParser.Types)
        {
            if (fields[type.Name()] is { } node && Read(fields, type, node) is { } limits)
                all.Add(new(type, limits));
        }

        return all;
    }

    static List<AgeLimit>? Read(MappingReader fields, LimitType type, YamlNode node)
    {
        if (node is YamlMapping)
            return Read(fields.Map(type.Name(), Keys.Severities)!, type);
        if (node is YamlScalar { Text: "none" })
            return [];
        if (node is YamlScalar scalar && DurationParser.TryParse(scalar.Text, out var age) && age > TimeSpan.Zero)
            return [new(type, Severity.Critical, age)];
        fields.Problems.AddInvalidValue(node, fields.Path[type.Name()], Allowed);
        return null;
    }

    public static void RequireSeverity(MappingReader severities)
    {
        if (!severities.Has("warning") && !severities.Has("critical"))
            severities.Problems.Add(
                severities.Location,
                $"{severities.Path}: must have warning or critical. For no limit, write none instead of the map"
            );
    }

    static List<AgeLimit> Read(MappingReader severities, LimitType type)
    {
        RequireSeverity(severities);
        var limits = new List<AgeLimit>(2);
        if (severities.Duration("warning") is { } warning)
            limits.Add(new(type, Severity.Warning, warning));
        if (severities.Duration("critical") is { } critical)
            limits.Add(new(type, Severity.Critical, critical));
        if (limits is [var early, var late] && early.MaxAge >= late.MaxAge)
            severities.Problems.Add(severities.Location, $"{severities.Path}: warning must be shorter than critical");
        return limits;
    }
}
