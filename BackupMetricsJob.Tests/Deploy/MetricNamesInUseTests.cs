using System.Text.RegularExpressions;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// Every metric that a dashboard, the console or a rule names is one that the job publishes, a rule records or the gateway has: also in a
/// branch after `or` or `unless`, where a name that nobody has changes an answer and leaves it an answer.
/// </summary>
public sealed partial class MetricNamesInUseTests
{
    static readonly string[] OfTheGateway =
    [
        "push_time_seconds",
        "push_failure_time_seconds",
        "pushgateway_http_requests_total",
        "pushgateway_build_info",
    ];

    public static TheoryData<string> Files => [.. Paths()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Each_name_is_known(string path) => Assert.Empty(Unknown(await ReadAsync(path)));

    [Theory]
    [InlineData(
        "deploy/grafana/dashboards/backup-fleet.json",
        "postgres_backup_copies{",
        "postgres_backup_copie{",
        "postgres_backup_copie"
    )]
    [InlineData(
        "deploy/prometheus/consoles/backup.html",
        "postgres_backup:other_max_age_seconds",
        "postgres_backup:other_max_ages_seconds",
        "postgres_backup:other_max_ages_seconds"
    )]
    [InlineData("deploy/prometheus/backup.rules.yml", "backup_metrics_shards)", "backup_metrics_shard)", "backup_metrics_shard")]
    public async Task A_name_that_nobody_has_is_found(string path, string good, string bad, string told)
    {
        var text = await ReadAsync(path);
        Assert.Contains(good, text, StringComparison.Ordinal);

        Assert.Equal([told], Unknown(text.Replace(good, bad, StringComparison.Ordinal)));
    }

    static IEnumerable<string> Unknown(string text) =>
        Name()
            .Matches(text)
            .Select(match => match.Value)
            .Except(MetricNames.All.Select(metric => metric.Name))
            .Except(Recorded())
            .Except(OfTheGateway)
            .Order(StringComparer.Ordinal);

    static IEnumerable<string> Recorded() =>
        Record()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "deploy/prometheus/backup.rules.yml")))
            .Select(match => match.Groups[1].Value);

    static IEnumerable<string> Paths() =>
        Directory
            .GetFiles(Path.Combine(Repository.Root, "deploy/grafana/dashboards"), "*.json")
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Concat(["deploy/prometheus/consoles/backup.html", "deploy/prometheus/backup.rules.yml"]);

    static Task<string> ReadAsync(string path) => File.ReadAllTextAsync(Path.Combine(Repository.Root, path));

    // Of such a beginning, and no file's name.
    [GeneratedRegex(
        @"\b(?:(?:postgres_backup|backup_metrics|infra_federation):[a-z_]+"
            + @"|(?:postgres|backup_metrics|pghoard|walg|push|pushgateway)_[a-z_]+)\b(?![./:-])"
    )]
    private static partial Regex Name();

    [GeneratedRegex(@"^\s*- record: (\S+)", RegexOptions.Multiline)]
    private static partial Regex Record();
}
