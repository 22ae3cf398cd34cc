using System.Text.Encodings.Web;
using System.Text.Json;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Checking;

namespace BackupMetricsJob.Reporting;

/// <summary>Writes a check as a JSON object. Unknown values are left out.</summary>
internal static class CheckJson
{
    static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(CheckReport report, ExitCode code, Stream to)
    {
        using var json = new Utf8JsonWriter(to, Readable);
        json.WriteStartObject();
        json.WriteNumber("exit_code", (int)code);
        Findings(json, report.Settings);
        json.WriteStartArray("targets");
        foreach (var target in report.Targets)
            Target(json, target);
        json.WriteEndArray();
        json.WriteStartArray("gateways");
        foreach (var (gateway, verdict, facts, findings) in report.Gateways)
            Server(json, gateway.ToString(), verdict, facts, findings);
        json.WriteEndArray();
        if (report.Textfile is { } file)
        {
            json.WritePropertyName("textfile");
            Server(json, file.Path, file.Status, file.Facts, file.Findings);
        }

        if (report.Heartbeats.Count > 0)
        {
            json.WriteStartArray("heartbeats");
            foreach (var (address, verdict, facts, findings) in report.Heartbeats)
                Server(json, address, verdict, facts, findings);
            json.WriteEndArray();
        }

        if (report.Prometheus is { } prometheus)
        {
            json.WritePropertyName("prometheus");
            Server(json, prometheus.Address, prometheus.Status, prometheus.Facts, prometheus.Findings);
        }

        json.WriteEndObject();
        json.Flush();
        to.Write("\n"u8);
    }

    static void Target(Utf8JsonWriter json, TargetCheck check)
    {
        var result = check.Result;
        json.WriteStartObject();
        RunSummaryJson.Target(json, result);
        if (result.ConnectedTo is { } connected)
        {
            json.WriteString("host", connected.Host);
            json.WriteString("version", Humanize.Version(connected.VersionNumber));
            json.WriteBoolean("standby", connected.InRecovery);
            json.WriteString("role", connected.Role);
            if (connected.Tls is { } tls)
                json.WriteString("tls", $"{tls.Protocol} {tls.Cipher}");
            else
                json.WriteNull("tls");
        }

        if (result.ClockOffset is { } offset)
            json.WriteNumber("clock_offset_seconds", Math.Round(offset.TotalSeconds, 3));
        json.WriteStartObject("sources");
        foreach (var source in result.Instance.Sources)
        {
            // If the target could not be probed, each of its sources failed with it.
            var failed =
                result.SourceFailures.FirstOrDefault(other => other.Source == source)?.Failure
                ?? (result.SourcesThatAnswered.Contains(source) ? null : result.Failure);
            json.WriteString(source, failed is null ? "ok" : failed.Message);
        }

        json.WriteEndObject();
        json.WriteString("summary", StateText.Describe(result));
        json.WriteStartArray("missing_rights");
        foreach (var missing in result.MissingPrivileges)
            json.WriteStringValue(missing.Advice);
        json.WriteEndArray();
        Findings(json, check.Findings);
        json.WriteEndObject();
    }

    static void Server(
        Utf8JsonWriter json,
        string address,
        ServerStatus verdict,
        IReadOnlyList<string> facts,
        IReadOnlyList<Finding> findings
    )
    {
        json.WriteStartObject();
        json.WriteString("address", address);
        json.WriteString("state", CheckTable.Name(verdict));
        json.WriteStartArray("facts");
        foreach (var fact in facts)
            json.WriteStringValue(fact);
        json.WriteEndArray();
        Findings(json, findings);
        json.WriteEndObject();
    }

    public static void Findings(Utf8JsonWriter json, IReadOnlyList<Finding> findings)
    {
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("level", finding.IsCritical ? "critical" : "warning");
            json.WriteString("message", finding.Summary);
            if (finding.Advice.Length > 0)
                json.WriteString("advice", finding.Advice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
