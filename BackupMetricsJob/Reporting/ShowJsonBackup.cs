using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Reporting;

/// <summary>Writes what one source knows about one tool's backups of one type as a JSON object. Unknown values are left out.</summary>
internal static class ShowJsonBackup
{
    public static void Write(Utf8JsonWriter json, BackupFacts backup)
    {
        json.WriteStartObject();
        json.WriteString("source", backup.Source);
        json.WriteString("tool", backup.Tool);
        json.WriteString("type", backup.Type.Name());
        if (backup.Database is { } database)
            json.WriteString("database", database);
        ShowJson.Time(json, "last_success_at", backup.LastSuccess);
        Number(json, "age_seconds", backup.Age);
        Number(json, "last_duration_seconds", backup.LastDuration);
        Number(json, "last_size_bytes", backup.LastSize);
        Number(json, "last_stored_bytes", backup.LastStored);
        if (backup.LastHasErrors is { } hasErrors)
            json.WriteBoolean("last_has_errors", hasErrors);
        ShowJson.Time(json, "oldest_at", backup.Oldest);
        ShowJson.Time(json, "last_failure_at", backup.LastFailure);
        ShowJson.Time(json, "running_since", backup.Running?.Since);
        Number(json, "broken_chains", backup.BrokenChains);
        if (backup.Counts is { } counts)
            Counts(json, counts);
        if (backup.LastTest is { } test)
            Test(json, test);
        json.WriteEndObject();
    }

    static void Counts(Utf8JsonWriter json, BackupCounts counts)
    {
        json.WriteStartObject("kept");
        json.WriteNumber("done", counts.Done);
        json.WriteNumber("failed", counts.Failed);
        json.WriteNumber("running", counts.Running);
        json.WriteNumber("waiting", counts.Waiting);
        json.WriteEndObject();
    }

    static void Test(Utf8JsonWriter json, RestoreTestFacts test)
    {
        json.WriteStartObject("restore_test");
        json.WriteBoolean("success", test.Succeeded);
        ShowJson.Time(json, "at", test.At);
        Number(json, "restore_seconds", test.RestoreTime);
        Number(json, "shortfall_seconds", test.Shortfall);
        json.WriteEndObject();
    }

    static void Number(Utf8JsonWriter json, string name, TimeSpan? span)
    {
        if (span is { } known)
            json.WriteNumber(name, Math.Round(known.TotalSeconds, 3));
    }

    static void Number(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known)
            json.WriteNumber(name, known);
    }
}
