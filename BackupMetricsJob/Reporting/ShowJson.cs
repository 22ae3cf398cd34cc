using System.Text.Encodings.Web;
using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Reporting;

/// <summary>Writes the facts and findings of `show` as a JSON object: docs/show.schema.json. Unknown values are left out.</summary>
internal static class ShowJson
{
    static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(IReadOnlyList<ProbeResult> results, ExitCode code, Stream to)
    {
        using var json = new Utf8JsonWriter(to, Readable);
        var verdicts = Assessment.Assess(results).ToDictionary(one => one.Result.Instance.Name);
        json.WriteStartObject();
        json.WriteNumber("exit_code", (int)code);
        json.WriteStartArray("databases");
        foreach (var result in results)
            Database(json, verdicts[result.Instance.Name]);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        to.Write("\n"u8);
    }

    static void Database(Utf8JsonWriter json, Assessment assessment)
    {
        var result = assessment.Result;
        json.WriteStartObject();
        RunSummaryJson.Target(json, result);
        json.WriteBoolean("configured", result.IsTarget);
        json.WriteString("verdict", Name(assessment.Verdict));
        json.WriteString("summary", StateText.Describe(result));
        Time(json, "probed_at", result.At);
        json.WriteStartObject("labels");
        foreach (var label in result.Instance.Labels)
            json.WriteString(label.Name, label.Value);
        json.WriteEndObject();
        Texts(json, "sources", result.Instance.Sources);
        Texts(json, "sources_that_answered", result.SourcesThatAnswered);
        Limits(json, result.Instance);
        if (result.Server is { } server)
            Server(json, server);
        json.WriteStartArray("backups");
        foreach (var backup in result.Backups)
            ShowJsonBackup.Write(json, backup);
        json.WriteEndArray();
        if (result.Copies is { } copies)
            Copies(json, copies, result.Instance);
        Window(json, result);
        if (result.Loss is { } loss)
            RecoveryPoint(json, loss, result);
        CheckJson.Findings(json, assessment.Findings);
        json.WriteEndObject();
    }

    static void Limits(Utf8JsonWriter json, Instance instance)
    {
        json.WriteStartArray("limits");
        foreach (var limit in instance.Limits)
        {
            json.WriteStartObject();
            json.WriteString("type", limit.Type.Name());
            json.WriteString("severity", limit.Severity.Name());
            json.WriteNumber("seconds", limit.MaxAge.TotalSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void Server(Utf8JsonWriter json, ServerEvidence server)
    {
        json.WriteStartObject("server");
        json.WriteString("version", Humanize.Version(server.VersionNumber));
        json.WriteBoolean("standby", server.InRecovery);
        json.WriteString("archive_mode", server.ArchiveMode);
        if (ArchiverStates.Classify(server) is { } state)
            json.WriteString("archiving", state.Name());
        if (server is { IsNonArchivingStandby: false, ArchiveMode: not "off" })
        {
            Time(json, "last_archived_at", server.Archiver.LastArchived);
            Time(json, "last_archive_failure_at", server.Archiver.LastFailed);
            if (server.Wal is { } wal)
                json.WriteNumber("wal_segments_waiting", wal.ReadySegments);
            Time(json, "oldest_waiting_since", server.Wal?.OldestReady);
        }

        json.WriteEndObject();
    }

    static void Copies(Utf8JsonWriter json, Copies copies, Instance instance)
    {
        json.WriteStartObject("copies");
        json.WriteNumber("new_enough", copies.Count);
        if (instance.Copies is { } asked)
            json.WriteNumber("asked_for", asked);
        json.WriteStartArray("storages");
        foreach (var copy in copies.Storages)
        {
            json.WriteStartObject();
            json.WriteString("tool", copy.Tool);
            json.WriteString("storage", copy.Storage);
            json.WriteBoolean("counts", copy.WhyNot is null);
            if (copy.WhyNot is { } why)
                json.WriteString("why_not", why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Window(Utf8JsonWriter json, ProbeResult result)
    {
        if (result.Windows.Count == 0 && result.Instance.Window.Count == 0)
            return;
        json.WriteStartObject("recovery_window");
        if (result.Windows.MinBy(window => window.Start) is { } window)
        {
            Time(json, "start", window.Start);
            json.WriteString("source", window.Source);
            json.WriteString("tool", window.Tool);
        }

        json.WriteStartArray("asked_for");
        foreach (var limit in WindowLimit.For(result))
        {
            json.WriteStartObject();
            json.WriteString("severity", limit.Severity.Name());
            json.WriteNumber("seconds", Math.Round((limit.Requested ?? limit.Min).TotalSeconds, 3));
            if (limit.Requested is not null)
                json.WriteNumber("seconds_for_now", Math.Round(limit.Min.TotalSeconds, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void RecoveryPoint(Utf8JsonWriter json, Loss loss, ProbeResult result)
    {
        json.WriteStartObject("recovery_point");
        Time(json, "at", result.At - loss.Window);
        json.WriteNumber("loss_seconds", Math.Round(loss.Window.TotalSeconds, 3));
        json.WriteBoolean("may_be_more", loss.IsLowerBound);
        json.WriteString(
            "evidence",
            loss.IsByArchive ? "archive"
                : loss.IsByServer ? "server"
                : "tool"
        );
        json.WriteBoolean("ends_at_hole", loss.EndsAtHole);
        if (result.ReplayBytes is { } bytes)
            json.WriteNumber("replay_bytes", bytes);
        json.WriteEndObject();
    }

    public static void Time(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            json.WriteString(name, known.UtcDateTime);
    }

    static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    static string Name(Verdict verdict) =>
        verdict switch
        {
            Verdict.Critical => "critical",
            Verdict.Unknown => "unknown",
            Verdict.Warning => "warning",
            Verdict.Healthy => "ok",
            _ => "not_checked",
        };
}
