using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Tests.Running;

/// <summary>Jobs as described by a file.</summary>
internal static class Jobs
{
    /// <summary>A target with a label `team` that equals its name.</summary>
    public static MonitoredTarget Target(
        string name,
        string connection,
        double timeout = 20,
        string[]? sources = null,
        string? query = null
    )
    {
        var problems = new List<string>();
        Assert.True(
            ConnectionText.TryParse(connection, new LibpqEnvironment(new Dictionary<string, string>(), "u"), problems, out var settings),
            string.Join('\n', problems)
        );
        var instance = new Instance(name, [new("team", name)], AgeLimit.Defaults, sources ?? [SourceName.Server]);
        return new(new Target(name, settings, TimeSpan.FromSeconds(timeout)), instance, new(ServerPatterns.All, query));
    }

    public static JobOptions Of(params IReadOnlyList<MonitoredTarget> targets) =>
        new()
        {
            Targets = targets,
            Gateways = [],
            Group = GroupingKey.TryCreate("backup_metrics", [], [])!,
            Concurrency = 16,
            Deadline = TimeSpan.FromSeconds(60),
            Interval = null,
            LegacyNames = true,
        };
}
