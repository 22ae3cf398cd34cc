namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// The time limits of a push: <paramref name="Deadline"/> covers all attempts from the call on; <paramref name="AttemptTimeout"/> the first
/// attempt, and attempt n may take n times as long. No attempt outlives the deadline.
/// </summary>
internal sealed record PushBudget(TimeSpan Deadline, TimeSpan AttemptTimeout)
{
    /// <summary>The wait between attempts.</summary>
    public Backoff Backoff { get; init; } = Backoff.FullJitter;

    /// <summary>The timeout of the n-th attempt, the first being 1.</summary>
    public TimeSpan ForAttempt(int attempt, TimeSpan remaining)
    {
        var timeout = AttemptTimeout * attempt;
        return timeout < remaining ? timeout : remaining;
    }
}
