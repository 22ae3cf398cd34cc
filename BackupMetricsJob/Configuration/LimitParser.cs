using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Configuration;

/// <summary>Parses limits: base=26h (critical), base:warning=26h, or wal=none for no limit of that type.</summary>
internal static class LimitParser
{
    const string Allowed =
        "TYPE=DURATION, TYPE:SEVERITY=DURATION or TYPE=none, where TYPE is base, full, wal, logical, restore_test or rto, "
        + "SEVERITY is warning or critical, and DURATION is "
        + DurationParser.Allowed;

    public static IReadOnlyList<LimitType> Types { get; } =
    [LimitType.Base, LimitType.Full, LimitType.Wal, LimitType.Logical, LimitType.RestoreTest, LimitType.Rto];

    public static IReadOnlyList<TypeLimits> Read(IReadOnlyList<Setting> settings, ICollection<Problem> problems)
    {
        var all = new List<TypeLimits>();
        foreach (var setting in settings)
        {
            if (!TryParse(setting.Value, out var type, out var severity, out var age))
            {
                problems.Add(setting.InvalidValue(Allowed));
                continue;
            }

            var at = all.FindIndex(limits => limits.Type == type);
            if (at < 0)
                all.Add(new(type, age is { } limit ? [new(type, severity, limit)] : []));
            else if (age is not { } max)
                continue;
            else if (all[at].Limits.Any(limit => limit.Severity == severity))
                problems.Add(setting.InvalidValue($"given only once for {type.Name()}:{severity.Name()}"));
            else
            {
                all[at] = new(type, [.. all[at].Limits, new(type, severity, max)]);
                if (Age(all[at].Limits, Severity.Warning) >= Age(all[at].Limits, Severity.Critical))
                    problems.Add(setting.InvalidValue($"longer for critical than for warning, for {type.Name()}"));
            }
        }

        return all;
    }

    /// <summary>The given limits, and the defaults of the other types.</summary>
    public static IReadOnlyList<AgeLimit> WithDefaults(IReadOnlyList<TypeLimits> given) =>
        given.Count == 0
            ? AgeLimit.Defaults
            :
            [
                .. given.SelectMany(limits => limits.Limits),
                .. AgeLimit.Defaults.Where(limit => given.All(limits => limits.Type != limit.Type)),
            ];

    static TimeSpan? Age(IReadOnlyList<AgeLimit> limits, Severity severity) =>
        limits.FirstOrDefault(limit => limit.Severity == severity)?.MaxAge;

    static bool TryParse(string text, out LimitType type, out Severity severity, out TimeSpan? age)
    {
        (type, severity, age) = (default, Severity.Critical, null);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
            return false;
        var (name, value) = (text[..equals].Trim(), text[(equals + 1)..].Trim());
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && !TrySeverity(name[(colon + 1)..], out severity))
            return false;
        var typeName = colon < 0 ? name : name[..colon];
        if (Types.All(candidate => candidate.Name() != typeName))
            return false;
        type = Types.First(candidate => candidate.Name() == typeName);
        if (value == "none")
            return colon < 0;
        if (!DurationParser.TryParse(value, out var duration) || duration == TimeSpan.Zero)
            return false;
        age = duration;
        return true;
    }

    public static bool TrySeverity(string name, out Severity severity)
    {
        severity = name == Severity.Warning.Name() ? Severity.Warning : Severity.Critical;
        return severity.Name() == name;
    }
}
