using System.Text.Encodings.Web;
using System.Text.Json;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// Writes the report of a run as JSON objects, one per line. The field event is target, found (a server in a catalogue or a query result
/// that has findings), finding, textfile, push, heartbeat (a call that failed) or run.
/// </summary>
internal static class RunSummaryJson
{
    // Keeps apostrophes readable. This is safe, because the output is a log and never part of an HTML page.
    static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(RunReport report, ExitCode code, DateTimeOffset now, TextWriter to)
    {
        foreach (var result in report.Results)
        {
            var findings = Findings.For(result);
            if (!result.IsTarget && findings.Count == 0)
                continue;
            Line(
                to,
                now,
                result.IsTarget ? "target" : "found",
                result.Failure is null ? "info" : "error",
                json =>
                {
                    Target(json, result);
                    json.WriteString("message", StateText.Describe(result));
                }
            );
            foreach (var finding in findings)
            {
                Line(
                    to,
                    now,
                    "finding",
                    finding.IsCritical ? "error" : "warning",
                    json =>
                    {
                        json.WriteString("target", result.Instance.Name);
                        json.WriteString("message", finding.Summary);
                        json.WriteString("advice", finding.Advice);
                    }
                );
            }
        }

        if (report.Textfile is { } file)
            Line(
                to,
                now,
                "textfile",
                file.Failure is null ? "info" : "error",
                json =>
                {
                    json.WriteString("file", file.Path);
                    json.WriteNumber("samples", file.Samples);
                    json.WriteString("message", PlainText.OnOneLine(file.Describe()));
                }
            );
        foreach (var push in report.Pushes)
            Line(to, now, "push", push.Outcome.Arrived ? "info" : "error", json => Push(json, report, push));
        foreach (var failure in report.HeartbeatFailures)
            Line(to, now, "heartbeat", "warning", json => json.WriteString("message", failure));
        Line(
            to,
            now,
            "run",
            code == ExitCode.Success ? "info" : "error",
            json =>
            {
                json.WriteNumber("exit_code", (int)code);
                if (report.IsStoppedBeforeStart)
                    json.WriteString("message", "stopped during the delay of --splay: nothing was probed, nothing was pushed");
                json.WriteNumber("elapsed_seconds", Math.Round(report.Elapsed.TotalSeconds, 3));
            }
        );
    }

    /// <summary>Writes why a run could not start.</summary>
    public static void Error(string message, DateTimeOffset now, TextWriter to) =>
        Line(to, now, "error", "error", json => json.WriteString("message", message));

    /// <summary>Writes the name of the target, and whether it could be probed.</summary>
    public static void Target(Utf8JsonWriter json, ProbeResult result)
    {
        json.WriteString("target", result.Instance.Name);
        json.WriteBoolean("success", result.Failure is null);
        if (result.Failure is not { } failure)
            return;
        json.WriteString("reason", failure.Reason.Name());
        json.WriteString("error", failure.Message);
    }

    static void Push(Utf8JsonWriter json, RunReport report, GatewayReport to)
    {
        var push = to.Outcome;
        json.WriteString("result", push.Result.ToString().ToLowerInvariant());
        json.WriteString("gateway", push.Gateway);
        if (push.Status is { } status)
            json.WriteNumber("status", status);
        if (report.Group is { } group)
            json.WriteString("group", group.ToString());
        json.WriteNumber("samples", to.Samples);
        json.WriteNumber("attempts", push.Attempts);
        json.WriteNumber("elapsed_seconds", Math.Round(push.Elapsed.TotalSeconds, 3));
        if (push.ClockSkew is { } skew)
            json.WriteNumber("gateway_clock_offset_seconds", skew.TotalSeconds);
        if (to.RefusedLegacyNames is { } refused)
            json.WriteString("refused_legacy_names", refused);
        if (push.Advice is { } advice)
            json.WriteString("advice", advice);
        json.WriteString("message", push.Describe());
    }

    /// <summary>Writes an object on one line. <paramref name="fill"/> adds fields after time, level and event.</summary>
    public static void Line(TextWriter to, DateTimeOffset now, string name, string level, Action<Utf8JsonWriter> fill)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("time", now.UtcDateTime);
            json.WriteString("level", level);
            json.WriteString("event", name);
            fill(json);
            json.WriteEndObject();
        }

        to.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
