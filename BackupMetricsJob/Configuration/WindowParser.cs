using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Configuration;

/// <summary>Parses how far back a restore must reach: 28d (critical), warning=35d, or none.</summary>
internal static class WindowParser
{
    const string Allowed =
        "DURATION, SEVERITY=DURATION or none, where SEVERITY is warning or critical, and DURATION is " + DurationParser.AllowedPositive;

    /// <summary>Null if not set, empty for "none".</summary>
    public static IReadOnlyList<WindowLimit>? Read(IReadOnlyList<Setting> settings, ICollection<Problem> problems)
    {
        var all = new List<WindowLimit>();
        foreach (var setting in settings)
        {
            if (setting.Value == "none" && settings.Count == 1)
                return [];
            if (Parse(setting.Value) is not { } limit)
                problems.Add(setting.InvalidValue(setting.Value == "none" ? "none only alone" : Allowed));
            else if (all.Exists(other => other.Severity == limit.Severity))
                problems.Add(setting.InvalidValue($"given only once for {limit.Severity.Name()}"));
            else
            {
                all.Add(limit);
                if (!IsWarnedFirst(all))
                    problems.Add(setting.InvalidValue("longer for warning than for critical"));
            }
        }

        return settings.Count == 0 ? null : all;
    }

    /// <summary>Whether the warning threshold is longer than the critical one, so that the warning comes first.</summary>
    public static bool IsWarnedFirst(List<WindowLimit> limits) => !(Min(limits, Severity.Warning) <= Min(limits, Severity.Critical));

    static TimeSpan? Min(List<WindowLimit> limits, Severity severity) => limits.Find(limit => limit.Severity == severity)?.Min;

    static WindowLimit? Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var severity = Severity.Critical;
        if (equals >= 0 && !LimitParser.TrySeverity(text[..equals].Trim(), out severity))
            return null;
        return DurationParser.TryParse(text[(equals + 1)..].Trim(), out var min) && min > TimeSpan.Zero ? new(severity, min) : null;
    }
}
