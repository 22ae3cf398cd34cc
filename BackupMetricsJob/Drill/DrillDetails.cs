using System.Text;
using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Drill;

/// <summary>A drill as JSON, for the column raw of its row in the catalogue. RestoreTestRow of the source "catalog" reads it.</summary>
internal static class DrillDetails
{
    public static string ToJson(DrillResult result)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString(
                "outcome",
                result.Succeeded ? "done"
                    : result.IsUnfinished ? "unfinished"
                    : "failed"
            );
            if (result.FailedPhase is { } failed)
                json.WriteString("failed_phase", failed.Name());
            json.WriteStartObject("phases");
            foreach (var (phase, duration) in result.Phases)
                json.WriteNumber(phase.Name(), Math.Round(duration.TotalSeconds, 3));
            json.WriteEndObject();
            if (result.Bytes is { } bytes)
                json.WriteNumber("bytes", bytes);
            if (result.ReplayedBytes is { } replayed)
                json.WriteNumber("replayed_bytes", replayed);
            if (result.Recovered?.LastTransaction is { } until)
                json.WriteNumber("recovered_until", Seconds(until));
            if (result.Recovered?.Lsn is { } lsn)
                json.WriteString("recovered_lsn", Humanize.Lsn(lsn));
            if (result.Claim?.Claim is { } claim)
            {
                json.WriteString("claimed_by", claim.By);
                json.WriteNumber("claimed_until", Seconds(claim.Until));
                if (claim.Lsn is { } claimed)
                    json.WriteString("claimed_lsn", Humanize.Lsn(claimed));
            }

            if (result.IncompleteReplay is { Segment: { } segment })
                json.WriteString("missing_wal", segment);
            if (result.Shortfall is { } shortfall)
                json.WriteNumber("shortfall_seconds", Math.Round(shortfall.TotalSeconds, 3));
            json.WriteStartArray("checks");
            foreach (var check in result.Checks)
                json.WriteStringValue(check);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;
}
