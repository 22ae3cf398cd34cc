using BackupMetricsJob.Pushgateway;
using BenchmarkDotNet.Attributes;

namespace BackupMetricsJob.Benchmarks.Inner;

/// <summary>What does the path of a group cost, with a name that stands in it as it is and with one that is encoded?</summary>
public class GroupingKeys
{
    [Params("orders", "Zürich/1")]
    public string Run { get; set; } = "";

    [Benchmark]
    public string Path() =>
        GroupingKey.TryCreate("backup_metrics", [new("run", Run), new("shard", "3")], [])?.ToPath()
        ?? throw new InvalidOperationException($"{Run}: no key");
}
