using BackupMetricsJob.Backups;
using BackupMetricsJob.Checking;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// Writes a check for people: a table of the targets, a line for each gateway and for Prometheus, then the findings with advice.
/// </summary>
internal static class CheckTable
{
    const int MaxCellWidth = 48;

    static readonly string[] Header = ["TARGET", "STATE", "SERVER", "ROLE", "TLS", "CLOCK", "SUMMARY"];

    public static void Write(CheckReport report, TextWriter to)
    {
        if (report.Targets.Count > 0)
            WriteTable([Header, .. report.Targets.Select(Row)], to);
        if (report.Targets.Count > 0 && (report.Gateways.Count > 0 || report.Prometheus is not null))
            to.WriteLine();
        foreach (var (gateway, verdict, facts, _) in report.Gateways)
            WriteServer("gateway", gateway.ToString(), verdict, facts, to);
        if (report.Prometheus is { } prometheus)
            WriteServer("Prometheus", prometheus.Address, prometheus.Status, prometheus.Facts, to);

        var first = true;
        foreach (var (name, findings) in Parts(report))
        {
            foreach (var finding in findings)
            {
                if (first)
                    to.WriteLine();
                first = false;
                to.WriteLine($"{(finding.IsCritical ? "CRITICAL" : "warning")} {name}: {finding.Summary}");
                if (finding.Advice.Length > 0)
                    to.WriteLine($"  advice: {finding.Advice}");
            }
        }
    }

    static IEnumerable<(string Name, IReadOnlyList<Finding> Findings)> Parts(CheckReport report)
    {
        yield return ("settings", report.Settings);
        foreach (var target in report.Targets)
            yield return (PlainText.OnOneLine(target.Result.Instance.Name), target.Findings);
        foreach (var gateway in report.Gateways)
            yield return (gateway.Gateway.ToString(), gateway.Findings);
        if (report.Prometheus is { } prometheus)
            yield return (prometheus.Address, prometheus.Findings);
    }

    static string[] Row(TargetCheck check)
    {
        var result = check.Result;
        var connected = result.ConnectedTo;
        return
        [
            PlainText.OnOneLine(result.Instance.Name),
            result.Failure is { } failure ? failure.Reason.Name() : "ok",
            connected is null ? "-" : $"{Humanize.Version(connected.VersionNumber)} {(connected.InRecovery ? "standby" : "primary")}",
            connected is null ? "-" : PlainText.OnOneLine(connected.Role),
            connected is null ? "-" : connected.Tls?.Protocol ?? "none",
            result.ClockOffset is { } offset ? (offset.Duration().TotalSeconds < 1 ? "0 s" : Humanize.Duration(offset)) : "-",
            StateText.Describe(result),
        ];
    }

    static void WriteTable(List<string[]> rows, TextWriter to)
    {
        var widths = new int[Header.Length - 1];
        foreach (var row in rows)
        {
            for (var i = 0; i < widths.Length; i++)
                widths[i] = Math.Clamp(row[i].Length, widths[i], MaxCellWidth);
        }

        foreach (var row in rows)
        {
            for (var i = 0; i < widths.Length; i++)
                to.Write(row[i].PadRight(widths[i] + 2));
            to.WriteLine(row[^1]);
        }
    }

    static void WriteServer(string kind, string address, ServerStatus verdict, IReadOnlyList<string> facts, TextWriter to) =>
        to.WriteLine($"{kind} {address}  {Name(verdict)}{(facts.Count > 0 ? ": " : "")}{string.Join(", ", facts)}");

    public static string Name(ServerStatus verdict) => verdict.ToString().ToLowerInvariant();
}
