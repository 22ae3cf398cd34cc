namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// How long a push may take: <paramref name="Deadline"/> is for all of it, from the call on; <paramref name="AttemptTimeout"/> is for the
/// first attempt, a later one may take that many times longer. No attempt outlives the deadline.
/// </summary>
internal sealed record PushBudget(TimeSpan Deadline, TimeSpan AttemptTimeout)
{
    /// <summary>
    /// A loaded gateway (10,000 groups) takes seconds and executes what its client has given up; so shorter ones only add load.
    /// </summary>
    public static readonly TimeSpan DefaultAttemptTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait between attempts.</summary>
    public Backoff Backoff { get; init; } = Backoff.FullJitter;

    /// <summary>Of the n-th attempt, the first being 1.</summary>
    public TimeSpan ForAttempt(int attempt, TimeSpan remaining)
    {
        var timeout = AttemptTimeout * attempt;
        return timeout < remaining ? timeout : remaining;
    }
}
