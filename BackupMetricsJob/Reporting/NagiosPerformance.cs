using System.Globalization;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// Writes performance data: label=value;warning;critical;minimum. An unknown value is U. The labels do not depend on what is known, so a
/// graph keeps its lines.
/// </summary>
internal static class NagiosPerformance
{
    /// <summary>
    /// With more databases than this, only the counts are written, because a runner truncates a line of more than a few kilobytes.
    /// </summary>
    const int MaxDatabases = 20;

    public static readonly (Verdict Verdict, string Name)[] Verdicts =
    [
        (Verdict.Critical, "critical"),
        (Verdict.Unknown, "unknown"),
        (Verdict.Warning, "warning"),
        (Verdict.Healthy, "ok"),
        (Verdict.NotAssessed, "not_checked"),
    ];

    public static string Describe(IReadOnlyList<Assessment> assessments)
    {
        var data = new List<string>();
        if (assessments.Count != 1)
            data.AddRange(Verdicts.Select(state => Number(state.Name, assessments.Count(one => one.Verdict == state.Verdict))));
        if (assessments.Count <= MaxDatabases)
        {
            foreach (var one in assessments.OrderBy(one => one.Result.Instance.Name, StringComparer.Ordinal))
                Add(data, one.Result, assessments.Count == 1 ? "" : one.Result.Instance.Name + " ");
        }

        return string.Join(' ', data);
    }

    static void Add(List<string> data, ProbeResult result, string prefix)
    {
        var newest = StateText.Newest(result);
        var kind = newest?.Type == BackupType.Logical ? LimitType.Logical : LimitType.Base;
        data.Add(Seconds(prefix + "backup_age", newest?.Age, result.Instance, kind));
        data.Add(Seconds(prefix + "loss_window", result.LossWindow, result.Instance, LimitType.Wal));
        data.Add(
            Number(prefix + "wal_waiting", result.Server is { IsNonArchivingStandby: false, Wal: { } wal } ? wal.ReadySegments : null)
        );
    }

    static string Seconds(string label, TimeSpan? value, Instance instance, LimitType limit) =>
        $"{Label(label)}={Text(value?.TotalSeconds)}{(value is null ? "" : "s")};"
        + $"{Limit(instance, limit, Severity.Warning)};{Limit(instance, limit, Severity.Critical)};0";

    static string Number(string label, long? value) => $"{Label(label)}={Text(value)};;;0";

    static string Text(double? value) => value is { } known ? known.ToString("0", CultureInfo.InvariantCulture) : "U";

    static string Limit(Instance instance, LimitType type, Severity severity) =>
        instance.Limits.Where(limit => limit.Type == type && limit.Severity == severity).Min(limit => (TimeSpan?)limit.MaxAge) is { } max
            ? Text(max.TotalSeconds)
            : "";

    static string Label(string text)
    {
        var label = PlainText.OnOneLine(text).Replace('\'', '_').Replace('=', '_').Replace('|', '_');
        return label.Contains(' ', StringComparison.Ordinal) ? $"'{label}'" : label;
    }
}
