using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>An age against its limits: the bar is full a quarter beyond the last limit, and each limit is a mark on it. The words beside it say the same.</summary>
internal static class Bar
{
    const double Full = 1.25;

    /// <summary>Nothing where there is no limit to be drawn.</summary>
    public static Html Of(Instance instance, LimitType? type, TimeSpan age)
    {
        AgeLimit? last = null;
        var marks = new List<Html>(2);
        foreach (var limit in instance.Limits)
        {
            if (limit.Type == type && !(last?.MaxAge >= limit.MaxAge)) last = limit;
        }

        if (last is null) return Html.Nothing;
        foreach (var limit in instance.Limits)
        {
            if (limit.Type == type) marks.Add(Html.Of($"<rect class=\"mark\" x=\"{100 * limit.MaxAge / last.MaxAge / Full}\" width=\".7\" height=\"8\"/>"));
        }

        var standing = BackupFindings.Passed(instance, type!.Value, age) switch
        {
            { Severity: Severity.Critical } => Standing.Critical,
            { } => Standing.Warning,
            null => Standing.Well,
        };
        var length = Math.Clamp(100 * age / last.MaxAge / Full, 1, 100);
        return Html.Of($"<svg class=\"bar {Icon.Name(standing)}\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"fill\" width=\"{length}\" height=\"8\"/>{Html.Join(marks)}</svg>");
    }

    /// <summary>The limit that comes first: " of 26 h"; nothing where there is none.</summary>
    public static string First(Instance instance, LimitType? type)
    {
        TimeSpan? first = null;
        foreach (var limit in instance.Limits)
        {
            if (limit.Type == type && !(first <= limit.MaxAge)) first = limit.MaxAge;
        }

        return first is { } age ? " of " + InWords.Of(age) : "";
    }

    /// <summary>The limits in words, both where they are told apart.</summary>
    public static string Words(Instance instance, LimitType? type)
    {
        TimeSpan? warning = null, critical = null;
        foreach (var limit in instance.Limits)
        {
            if (limit.Type != type) continue;
            if (limit.Severity == Severity.Warning) warning = limit.MaxAge;
            else critical = limit.MaxAge;
        }

        return (warning, critical) switch
        {
            ({ } early, { } late) => $"limits {InWords.Of(early)} and {InWords.Of(late)}",
            ({ } only, null) => $"limit {InWords.Of(only)}",
            (null, { } only) => $"limit {InWords.Of(only)}",
            _ => "no limit",
        };
    }
}
