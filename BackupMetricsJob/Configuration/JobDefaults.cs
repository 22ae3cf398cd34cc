namespace BackupMetricsJob.Configuration;

/// <summary>The defaults of a run's settings, and the largest numbers that they may have.</summary>
internal static class JobDefaults
{
    public const string Job = "backup_metrics";
    public const int MaxConcurrency = 1000;
    public const int MaxShards = 1000;
    public const int MaxCopies = 100;

    /// <summary>The timeout of each target.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The timeout of a push's first attempt; attempt n may take n times as long. A loaded gateway (10,000 groups) takes seconds, and still
    /// executes requests that the client has given up. Shorter timeouts only add load.
    /// </summary>
    public static readonly TimeSpan GatewayTimeout = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan HeartbeatTimeout = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan ImportTimeout = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The default concurrency: 8 per core. At least 16, because distant hosts cost time but no work; at most 64, because a server with
    /// many of the databases gains nothing beyond about 8 (docs/performance.md).
    /// </summary>
    public static int Concurrency(int cores) => Math.Clamp(8 * cores, 16, 64);
}
