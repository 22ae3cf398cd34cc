using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// Writes the report of a run for people: each target with its findings and advice, then the pushes. Catalogues may contain thousands of
/// servers, so these are only listed if they have findings.
/// </summary>
internal static class RunSummary
{
    /// <summary>Writes to standard error, as text or as JSON.</summary>
    public static void Write(RunReport report, ExitCode code, LogFormat format, ProcessContext context)
    {
        if (format == LogFormat.Json)
            RunSummaryJson.Write(report, code, context.Time.GetUtcNow(), context.Error);
        else
            Write(report, context.Error);
    }

    /// <summary>Whether all is well and nothing else needs to be reported.</summary>
    public static bool IsAllWell(RunReport report, ExitCode code) =>
        code == ExitCode.Success
        && report.Results.All(result => result.Failure is null && Findings.For(result).Count == 0)
        && report is { IsDelivered: true, HeartbeatFailures: [] }
        && report.Pushes.All(push => push is { RefusedLegacyNames: null, Outcome: { Arrived: true, Advice: null, ClocksDiffer: false } });

    public static void Write(RunReport report, TextWriter to)
    {
        if (report.IsStoppedBeforeStart)
            to.WriteLine("stopped during the delay of --splay: nothing was probed, nothing was pushed");
        var (found, withoutFindings) = (0, 0);
        foreach (var result in report.Results)
        {
            var findings = Findings.For(result);
            if (!result.IsTarget)
                found++;
            if (result.IsTarget || findings.Count > 0)
                Write(result, findings, to);
            else
                withoutFindings++;
        }

        if (found > 0)
            to.WriteLine($"servers found in a catalogue or by a query: {found}, of which {withoutFindings} have no known problem");
        if (report.Group is { } group)
            to.WriteLine($"group {group}");
        if (report.Textfile is { } file)
        {
            var samples = file.Failure is null ? $" ({Humanize.Count(file.Samples, "sample")})" : "";
            to.WriteLine($"{(file.Failure is null ? "ok" : "FAILED")} {PlainText.OnOneLine(file.Describe())}{samples}");
        }

        foreach (var gateway in report.Pushes)
        {
            var push = gateway.Outcome;
            if (gateway.RefusedLegacyNames is { } reason)
                to.WriteLine(
                    "warning: the gateway refused pghoard_last_upload_age or walg_last_upload, "
                        + $"so the rest was pushed without them: {reason}"
                );
            var samples = push.Arrived
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $" ({Humanize.Count(gateway.Samples, "sample")}, {push.Elapsed.TotalSeconds:F2} s)"
                )
                : "";
            to.WriteLine($"{(push.Arrived ? "ok" : "FAILED")} {push.Describe()}{samples}");
            if (push.Advice is { } advice)
                to.WriteLine($"advice: {advice}");
            if (push.ClocksDiffer)
                to.WriteLine(
                    $"warning: the clock of {push.Gateway} is {Difference(push.ClockSkew!.Value)} this host's; alerts compare times of both"
                );
        }

        foreach (var failure in report.HeartbeatFailures)
            to.WriteLine("warning: " + failure);
    }

    static void Write(ProbeResult result, IReadOnlyList<Finding> findings, TextWriter to)
    {
        var name = PlainText.OnOneLine(result.Instance.Name);
        to.WriteLine($"{(Status(result, findings))} {name}: {StateText.Describe(result)}");
        foreach (var finding in findings)
            to.WriteLine(Line(result, finding));
    }

    /// <summary>A finding with its advice, on one line.</summary>
    public static string Line(ProbeResult result, Finding finding) =>
        $"{(finding.IsCritical ? "CRITICAL" : "warning")} {PlainText.OnOneLine(result.Instance.Name)}: "
        + $"{finding.Summary.TrimEnd('.')}{(finding.Summary.EndsWith('?') ? "" : ".")} {finding.Advice}";

    static string Status(ProbeResult result, IReadOnlyList<Finding> findings) =>
        result switch
        {
            { Failure: not null } => "FAILED",
            { IsTarget: false } => "found",
            _ => findings.Any(finding => finding.IsCritical) ? "probed" : "ok",
        };

    static string Difference(TimeSpan skew) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(skew.TotalSeconds):0} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")}");
}
