using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// What Prometheus scrapes of the states: as they are for 76 minutes, and then as they are when all was mended. The push of one minute is
/// that of every minute, with the times moved on.
/// </summary>
public sealed partial class CriticalFindingsTests
{
    const int MinutesSpoilt = 76;

    static ProbeResult Mended(ProbeResult state)
    {
        var sources = state.Instance.Sources;
        var hasServer = sources.Contains(SourceName.Server) && state.IsTarget;
        return state with
        {
            Failure = null,
            SourceFailures = [],
            Omissions = Omissions.None,
            Server = hasServer ? Server : null,
            Archive = null,
            Backups =
            [
                .. hasServer ? [Backup] : (BackupFacts[])[],
                .. sources.Contains(SourceName.Catalog) ? FromCatalog([Backup with { Type = BackupType.Full }, Dump, Restored]) : [Dump],
            ],
            Storages = state.Instance.Copies is null ? [] : [In("repo1", 3), In("repo2", 3)],
            SourcesThatAnswered = sources,
        };
    }

    static List<string> Series(string spoilt, string mended)
    {
        var all = MinutesSpoilt + 64;
        var series = new List<string>
        {
            $"  - {{series: 'up{{job=\"pushgateway\",instance=\"g\"}}', values: '1x{all}'}}",
            $"  - {{series: 'process_start_time_seconds{{job=\"pushgateway\",instance=\"g\"}}', values: '-90000x{all}'}}",
            $"  - {{series: 'push_time_seconds{{job=\"backup_metrics\"}}', values: '0+60x{all}'}}",
        };
        var (before, after) = (Samples(spoilt), Samples(mended));
        foreach (var (name, labels) in before.Keys.Union(after.Keys))
        {
            var isTime = name.EndsWith("_timestamp_seconds", StringComparison.Ordinal) || name == "walg_last_upload";
            var first = before.TryGetValue((name, labels), out var value) ? Values(value, 0) : $"_x{MinutesSpoilt - 1}";
            var then = after.TryGetValue((name, labels), out value) ? Values(value, MinutesSpoilt) : "stale";
            var more = labels.Length > 0 ? "," + labels : "";
            series.Add($"  - {{series: '{name}{{job=\"backup_metrics\"{more}}}', values: '_ {first} {then}'}}");

            string Values(double of, int minute) =>
                isTime
                    ? string.Create(CultureInfo.InvariantCulture, $"{of - Noon.ToUnixTimeSeconds() + (60 * minute)}+60x{MinutesSpoilt - 1}")
                    : string.Create(CultureInfo.InvariantCulture, $"{of}x{MinutesSpoilt - 1}");
        }

        // They have been known for longer than a new database may be without a backup.
        series.AddRange(
            InstanceLabel()
                .Matches(spoilt)
                .Select(match => match.Groups[1].Value)
                .Distinct()
                .Select(name => $"{{job=\"backup_metrics\",instance=\"{name}\"}}")
                .Select(labels => $"  - {{series: 'postgres_backup:memory_target_timestamp_seconds{labels}', values: '-9000000'}}")
        );

        return series;
    }

    static Dictionary<(string Name, string Labels), double> Samples(string exposition) =>
        exposition
            .Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => Sample().Match(line) is { Success: true } match ? match : throw new InvalidOperationException(line))
            .ToDictionary(
                match => (match.Groups["name"].Value, match.Groups["labels"].Value),
                match => double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)
            );

    [GeneratedRegex(@"^(?<name>\w+)(?:\{(?<labels>.*)\})? (?<value>\S+)$")]
    private static partial Regex Sample();

    [GeneratedRegex("instance=\\\\?\"([^\"\\\\]+)")]
    private static partial Regex InstanceLabel();
}
