using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Reporting;

/// <summary>The states of a Nagios plugin, which are its exit codes.</summary>
internal enum PluginState
{
    Ok = 0,
    Warning = 1,
    Critical = 2,

    /// <summary>Nothing could be judged.</summary>
    Unknown = 3,
}

/// <summary>
/// Writes what a Nagios plugin prints: one line with the state, what is wrong, and performance data after a bar. The state is
/// the worst verdict, as on the page and in Prometheus.
/// </summary>
internal static class NagiosOutput
{
    const int MaxText = 1000;
    const int MaxNamed = 5;
    const int MaxFindings = 3;

    public static PluginState Write(RunReport report, ExitCode? signal, IReadOnlyList<string> warnings, TextWriter to)
    {
        var assessments = Assessment.Assess(report.Results);
        var state = signal is null ? State(assessments) : PluginState.Unknown;
        var text = signal is null ? Text(assessments) : "stopped by a signal before every database was judged";
        WriteLine(state, text, NagiosPerformance.Describe(assessments), to);
        // Some runners read standard error, too, before this.
        foreach (var warning in warnings)
            to.WriteLine("warning: " + Clean(warning));
        return state;
    }

    /// <summary>Reports invalid settings, with which nothing could be queried.</summary>
    public static PluginState Write(IEnumerable<string> problems, TextWriter to)
    {
        WriteLine(PluginState.Unknown, string.Join("; ", problems), "", to);
        return PluginState.Unknown;
    }

    static void WriteLine(PluginState state, string text, string performance, TextWriter to) =>
        to.WriteLine($"BACKUP {Name(state)} - {Clean(text)}{(performance.Length > 0 ? " | " : "")}{performance}");

    // A bar begins the performance data.
    static string Clean(string text) => PlainText.OnOneLine(text.Replace('|', '/'), MaxText);

    static PluginState State(List<Assessment> assessments) =>
        assessments.Count == 0
            ? PluginState.Unknown
            : assessments.Min(one => one.Verdict) switch
            {
                Verdict.Critical => PluginState.Critical,
                Verdict.Warning => PluginState.Warning,
                Verdict.Healthy => PluginState.Ok,
                _ => PluginState.Unknown,
            };

    static string Text(List<Assessment> assessments) =>
        assessments switch
        {
            [] => "no database was asked",
            [var only] => $"{only.Result.Instance.Name}: {Describe(only, MaxFindings)}",
            _ => Several(assessments),
        };

    static string Several(List<Assessment> assessments)
    {
        var parts = new List<string>();
        foreach (var (verdict, name) in NagiosPerformance.Verdicts)
        {
            if (assessments.Count(one => one.Verdict == verdict) is > 0 and var count)
                parts.Add($"{count.ToString(CultureInfo.InvariantCulture)} {name.Replace('_', ' ')}");
        }

        var bad = assessments.Where(one => one.Findings.Count > 0).ToList();
        var named = bad.Take(MaxNamed).Select(one => $"{one.Result.Instance.Name}: {Describe(one, 1)}").ToList();
        if (bad.Count > MaxNamed)
            named.Add($"and {bad.Count - MaxNamed} more");
        return named.Count == 0 ? string.Join(", ", parts) : $"{string.Join(", ", parts)}: {string.Join("; ", named)}";
    }

    static string Describe(Assessment one, int max)
    {
        if (one.Findings.Count == 0)
            return one.Verdict == Verdict.Healthy ? StateText.Describe(one.Result) : ShowText.WithoutFindings(one.Result);
        var more = one.Findings.Count > max ? $" (and {one.Findings.Count - max} more)" : "";
        return string.Join("; ", one.Findings.Take(max).Select(finding => finding.Summary)) + more;
    }

    static string Name(PluginState state) =>
        state switch
        {
            PluginState.Ok => "OK",
            PluginState.Warning => "WARNING",
            PluginState.Critical => "CRITICAL",
            _ => "UNKNOWN",
        };
}
