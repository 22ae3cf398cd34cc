using System.Globalization;
using System.Text.Json;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Schedule.Reporting;

/// <summary>The daemon's log lines, in the same format as those of its runs: text or JSON.</summary>
internal sealed class ScheduleLog(TextWriter to, TimeProvider time, Func<OutputOptions> output)
{
    /// <summary>Not written with --quiet.</summary>
    public void Info(string name, string message, Action<Utf8JsonWriter>? fields = null)
    {
        if (!output().Quiet)
            Write("info", name, message, fields);
    }

    public void Warn(string name, string message, Action<Utf8JsonWriter>? fields = null) => Write("warning", name, message, fields);

    public void Error(string name, string message, Action<Utf8JsonWriter>? fields = null) => Write("error", name, message, fields);

    /// <summary>The log's time format.</summary>
    public static string Time(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    void Write(string level, string name, string message, Action<Utf8JsonWriter>? fields)
    {
        if (output().LogFormat == LogFormat.Json)
        {
            RunSummaryJson.Line(
                to,
                time.GetUtcNow(),
                name,
                level,
                json =>
                {
                    fields?.Invoke(json);
                    json.WriteString("message", message);
                }
            );
        }
        else
        {
            to.WriteLine($"{(level == "info" ? "" : level + " ")}schedule: {message.ReplaceLineEndings(" ")}");
        }
    }
}
