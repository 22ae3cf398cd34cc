using System.Globalization;
using System.Net.Http;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Benchmarks.SideBySide;

/// <summary>What the contenders left at the gateway: the same series with the same facts in a group of each, pushed lately.</summary>
internal static partial class GatewayContent
{
    // Facts that are the same whoever asks, and not just whether there are any.
    static readonly string[] Facts =
    [
        "postgres_backup_last_success_timestamp_seconds",
        "postgres_backup_last_duration_seconds",
        "postgres_wal_archived_files_total",
        "postgres_wal_archive_last_success_timestamp_seconds",
        "postgres_recovery_replay_bytes",
        "postgres_wal_directory_bytes",
    ];

    /// <summary>How many samples the first contender pushed when this was last looked at.</summary>
    public static int Samples { get; private set; }

    /// <summary>How the contenders differ from the first, or null.</summary>
    /// <param name="since">Seconds since 1970: earlier pushes do not count.</param>
    public static string? Problem(Servers servers, IReadOnlyList<Contender> contenders, double since)
    {
        using var client = new HttpClient();
        var groups = Read(client.GetStringAsync(new Uri(servers.Gateway, "/metrics")).GetAwaiter().GetResult());
        var expected = groups.GetValueOrDefault(contenders[0].Job, []);
        Samples = expected.Keys.Count(series => !series.StartsWith("push_", StringComparison.Ordinal));
        if (Samples < 30)
            return $"{contenders[0].Name}: there are {Samples} samples of it at the gateway";
        foreach (var contender in contenders)
        {
            var found = groups.GetValueOrDefault(contender.Job, []);
            if (expected.Keys.Except(found.Keys).Concat(found.Keys.Except(expected.Keys)).FirstOrDefault() is { } series)
                return $"{contender.Name} and {contenders[0].Name}: only one of them pushed {series}";
            if (found["push_time_seconds"] < since)
                return $"{contender.Name}: its last push did not arrive";
            foreach (
                var (name, value) in expected.Where(sample => Facts.Any(fact => sample.Key.StartsWith(fact, StringComparison.Ordinal)))
            )
            {
                if (Math.Abs(found[name] - value) > 0.001)
                    return $"{contender.Name}: {name} is {found[name]:r}, and {value:r} in the push of {contenders[0].Name}";
            }
        }

        return null;
    }

    /// <summary>By job: the series without the labels of the group, which differ, and of the build.</summary>
    static Dictionary<string, Dictionary<string, double>> Read(string text)
    {
        var groups = new Dictionary<string, Dictionary<string, double>>(StringComparer.Ordinal);
        foreach (Match sample in Sample().Matches(text))
        {
            var labels = Label()
                .Matches(sample.Groups["labels"].Value)
                .ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value, StringComparer.Ordinal);
            if (!labels.Remove("job", out var job))
                continue;
            var plain = string.Join(
                ',',
                labels
                    .Where(label => label is { Value.Length: > 0, Key: not ("run" or "version" or "revision") })
                    .Select(label => $"{label.Key}={label.Value}")
            );
            if (!groups.TryGetValue(job, out var group))
                groups[job] = group = new(StringComparer.Ordinal);
            var name = sample.Groups["name"].Value;
            group[plain.Length == 0 ? name : $"{name} {plain}"] = double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture);
        }

        return groups;
    }

    [GeneratedRegex(@"^(?<name>\w+)\{(?<labels>.*)\} (?<value>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("(\\w+)=\"([^\"]*)\"")]
    private static partial Regex Label();
}
