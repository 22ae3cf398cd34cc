namespace BackupMetricsJob.Configuration;

/// <summary>Labels that the metrics already have. Neither a target nor the grouping key may use them.</summary>
internal static class ReservedLabels
{
    public static IReadOnlyList<string> Names { get; } =
    [
        "job",
        "instance",
        "source",
        "tool",
        "type",
        "storage",
        "severity",
        "state",
        "reason",
        "evidence",
        "phase",
        "site",
        "version",
        "revision",
    ];

    public static bool Contains(string name) => Names.Contains(name);
}
