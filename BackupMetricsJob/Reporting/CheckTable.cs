using BackupMetricsJob.Backups;
using BackupMetricsJob.Checking;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// Writes a check for people: a table of the targets, a line for each gateway, the textfile and Prometheus, then the findings with advice,
/// and finally the meaning of the exit code.
/// </summary>
internal static class CheckTable
{
    const int MaxCellWidth = 48;

    static readonly string[] Header = ["TARGET", "STATE", "SERVER", "ROLE", "TLS", "CLOCK", "SUMMARY"];

    public static void Write(CheckReport report, ExitCode code, TextWriter to)
    {
        if (report.Targets.Count > 0)
            WriteTable([Header, .. report.Targets.Select(Row)], to);
        if (report.Targets.Count > 0 && report.HasServers)
            to.WriteLine();
        foreach (var (gateway, verdict, facts, _) in report.Gateways)
            WriteServer("gateway", gateway.ToString(), verdict, facts, to);
        if (report.Textfile is { } file)
            WriteServer("textfile", PlainText.OnOneLine(file.Path), file.Status, file.Facts, to);
        foreach (var heartbeat in report.Heartbeats)
            WriteServer("heartbeat", heartbeat.Address, heartbeat.Status, heartbeat.Facts, to);
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

        to.WriteLine();
        to.WriteLine(Conclusion(report, code));
    }

    /// <summary>The last line. A check tests what a run needs, not the backups. If a backup has a problem, the line says so.</summary>
    static string Conclusion(CheckReport report, ExitCode code)
    {
        var critical = report.Targets.Sum(target => target.Findings.Count(finding => finding.IsCritical));
        var state =
            critical == 0
                ? ""
                : $" It does not judge the backups ({Humanize.Count(critical, "critical finding")}): show --fail-on critical does.";
        return code switch
        {
            ExitCode.Success when report is { Gateways.Count: 0, Textfile: null } =>
                "exit code 0: the settings are valid, but a run would have nowhere to deliver to." + state,
            ExitCode.Success => "exit code 0: a run would deliver what it finds." + state,
            ExitCode.TargetFailed when report.Targets.Any(target => target.Result.Failure is not null) =>
                "exit code 69: a database could not be probed",
            ExitCode.TargetFailed => $"exit code 69: {Unanswered(report)}",
            ExitCode.OutputFailed => "exit code 74: the textfile cannot be written",
            ExitCode.PushNotDelivered => "exit code 75: a push would not arrive",
            ExitCode.PushRefused => "exit code 76: a push would be refused",
            ExitCode.Configuration => "exit code 78: Prometheus would not have the series under the labels that the alerts need",
            _ => $"exit code {(int)code}: a signal ended the check",
        };
    }

    static string Unanswered(CheckReport report) =>
        report.Prometheus switch
        {
            { Status: ServerStatus.Refused } => "no Prometheus answers at its URL, or it refuses to",
            { Status: not ServerStatus.Ok } => "Prometheus did not answer",
            _ => "the heartbeat could not be reached",
        };

    static IEnumerable<(string Name, IReadOnlyList<Finding> Findings)> Parts(CheckReport report)
    {
        yield return ("settings", report.Settings);
        foreach (var target in report.Targets)
            yield return (PlainText.OnOneLine(target.Result.Instance.Name), target.Findings);
        foreach (var gateway in report.Gateways)
            yield return (gateway.Gateway.ToString(), gateway.Findings);
        if (report.Textfile is { } file)
            yield return (PlainText.OnOneLine(file.Path), file.Findings);
        foreach (var heartbeat in report.Heartbeats)
            yield return (heartbeat.Address, heartbeat.Findings);
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
