using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>
/// An age against its limits: the bar is full a quarter beyond the last limit, and each limit is a mark on it. The words beside it say the
/// same.
/// </summary>
internal static class AgeBar
{
    const double Full = 1.25;

    /// <summary>Nothing where there is no limit to be drawn.</summary>
    public static Html Render(Instance instance, LimitType? type, TimeSpan age)
    {
        List<TimeSpan> limits = [.. Limits(instance, type).Select(limit => limit.MaxAge)];
        if (limits.Count == 0)
            return Html.Nothing;
        var last = limits.Max();
        var marks = limits.Select(limit =>
            Html.Format($"<rect class=\"mark\" x=\"{100 * limit / last / Full}\" width=\".7\" height=\"8\"/>")
        );
        var standing = BackupFindings.Passed(instance, type!.Value, age) switch
        {
            { Severity: Severity.Critical } => Verdict.Critical,
            { } => Verdict.Warning,
            null => Verdict.Healthy,
        };
        var length = Math.Clamp(100 * age / last / Full, 1, 100);
        return Html.Format(
            $"<svg class=\"bar {Icon.Name(standing)}\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect "
                + $"class=\"fill\" width=\"{length}\" height=\"8\"/>{Html.Join(marks)}</svg>"
        );
    }

    /// <summary>The limit that comes first: " of 26 h"; nothing where there is none.</summary>
    public static string First(Instance instance, LimitType? type) =>
        Limits(instance, type).MinBy(limit => limit.MaxAge) is { } first ? " of " + Humanize.Duration(first.MaxAge) : "";

    /// <summary>The limits in words, both where they are told apart.</summary>
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
