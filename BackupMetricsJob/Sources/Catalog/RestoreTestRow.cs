using System.Text.Json;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Catalog;

/// <summary>The newest drill of a server, as recorded by `backup-metrics drill`. A detail that is not a number is unknown.</summary>
internal static class RestoreTestRow
{
    static readonly string[] Phases = ["fetch", "verify", "replay", "check"];

    public static RestoreTestFacts Read(NpgsqlDataReader row)
    {
        var facts = new RestoreTestFacts(row.Flag("succeeded"), row.Time("ended", "the drill")) { Failure = row.TextOrNull("error") };
        using var details = JsonDocument.Parse(row.Text("details"));
        var root = details.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            return facts;
        return facts with
        {
            Durations = root.TryGetProperty("phases", out var phases) ? Durations(phases) : [],
            RecoveredUntil =
                Number(root, "recovered_until") is { } until && UnixTime.IsTime(until) ? UnixTime.FromSeconds(until, "") : null,
            Shortfall = Span(Number(root, "shortfall_seconds")),
        };
    }

    static List<PhaseDuration> Durations(JsonElement phases)
    {
        var durations = new List<PhaseDuration>(Phases.Length);
        foreach (var phase in Phases)
        {
            if (Span(Number(phases, phase)) is { } duration)
                durations.Add(new(phase, duration));
        }

        return durations;
    }

    static TimeSpan? Span(double? seconds) => seconds is >= 0 and < 1e9 ? TimeSpan.FromSeconds(seconds.Value) : null;

    static double? Number(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var number)
            ? number
            : null;
}
