using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>
/// A bar that shows an age against its limits. It is full a quarter beyond the last limit; each limit is a mark. The text beside it says
/// the same.
/// </summary>
internal static class AgeBar
{
    const double Full = 1.25;

    /// <summary>Empty without a limit.</summary>
    public static Html Render(Instance instance, LimitType? type, TimeSpan age)
    {
        List<TimeSpan> limits = [.. Limits(instance, type).Select(limit => limit.MaxAge)];
        if (limits.Count == 0)
            return Html.Nothing;
        var last = limits.Max();
        var marks = limits.Select(limit =>
            Html.Format($"<rect class=\"mark\" x=\"{100 * limit / last / Full}\" width=\".7\" height=\"8\"/>")
        );
        var verdict = BackupFindings.Passed(instance, type!.Value, age) switch
        {
            { Severity: Severity.Critical } => Verdict.Critical,
            { } => Verdict.Warning,
            null => Verdict.Healthy,
        };
        var length = Math.Clamp(100 * age / last / Full, 1, 100);
        return Html.Format(
            $"<svg class=\"bar {Icon.Name(verdict)}\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect "
                + $"class=\"fill\" width=\"{length}\" height=\"8\"/>{Html.Join(marks)}</svg>"
        );
    }

    /// <summary>The lowest limit: " of 26 h"; empty without a limit.</summary>
    public static string First(Instance instance, LimitType? type) =>
        Limits(instance, type).MinBy(limit => limit.MaxAge) is { } first ? " of " + Humanize.Duration(first.MaxAge) : "";

    /// <summary>The limits as text.</summary>
    public static string Describe(Instance instance, LimitType? type)
    {
        var warning = Limits(instance, type).FirstOrDefault(limit => limit.Severity == Severity.Warning)?.MaxAge;
        var critical = Limits(instance, type).FirstOrDefault(limit => limit.Severity == Severity.Critical)?.MaxAge;
        return (warning, critical) switch
        {
            ({ } early, { } late) => $"limits {Humanize.Duration(early)} and {Humanize.Duration(late)}",
            ({ } only, null) => $"limit {Humanize.Duration(only)}",
            (null, { } only) => $"limit {Humanize.Duration(only)}",
            _ => "no limit",
        };
    }

    static IEnumerable<AgeLimit> Limits(Instance instance, LimitType? type) => instance.Limits.Where(limit => limit.Type == type);
}
