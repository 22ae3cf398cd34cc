namespace BackupMetricsJob.Pushgateway;

/// <summary>What one request came to.</summary>
internal sealed record AttemptResult(PushResult Result)
{
    /// <summary>The words of the gateway or the network as they came.</summary>
    public string Answer { get; init; } = "";

    public int? Status { get; init; }

    /// <summary>Whether we said who we are.</summary>
    public bool SentCredentials { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public TimeSpan? ClockSkew { get; init; }

    /// <summary>The body left us, and nothing shows that the gateway did not take it.</summary>
    public bool MayBeApplied { get; init; }

    public bool IsRetryable { get; init; }
}
