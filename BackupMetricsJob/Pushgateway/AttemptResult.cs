namespace BackupMetricsJob.Pushgateway;

/// <summary>The result of one push attempt.</summary>
internal sealed record AttemptResult(PushResult Result)
{
    /// <summary>The original message of the gateway or the network.</summary>
    public string Answer { get; init; } = "";

    public int? Status { get; init; }

    /// <summary>Whether the request had credentials.</summary>
    public bool SentCredentials { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public TimeSpan? ClockSkew { get; init; }

    /// <summary>The body was sent, at least in part, and the gateway may have accepted it.</summary>
    public bool MayBeApplied { get; init; }

    public bool IsRetryable { get; init; }
}
