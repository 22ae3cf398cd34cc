namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Sends a push until it has a final result: at most five attempts, one at a time, within the budget, which starts when this object is
/// created.
/// </summary>
internal sealed class RetryLoop(string gateway, PushBudget budget, TimeProvider clock)
{
    const int MaxAttempts = 5;

    readonly long _start = clock.GetTimestamp();

    public async Task<PushOutcome> RunAsync(PushRequest request, CancellationToken cancellationToken)
    {
        var last = new AttemptResult(PushResult.Unreachable) { Answer = "no time left to send it" };
        var attempts = 0;
        var mayBeApplied = false;
        TimeSpan? skew = null;
        while (attempts < MaxAttempts && Remaining > TimeSpan.Zero)
        {
            if (cancellationToken.IsCancellationRequested)
                return End(new AttemptResult(PushResult.Cancelled));

            attempts++;
            last = await request.AttemptAsync(budget.ForAttempt(attempts, Remaining), cancellationToken);
            mayBeApplied |= last.MayBeApplied;
            skew = last.ClockSkew ?? skew;
            if (
                !last.IsRetryable
                || attempts == MaxAttempts
                || budget.Backoff.NextDelay(attempts, last.RetryAfter, Remaining) is not { } wait
            )
                break;

            try
            {
                await Task.Delay(wait, clock, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return End(last with { Result = PushResult.Cancelled });
            }
        }

        return End(last);

        PushOutcome End(AttemptResult ended) =>
            new(ended.Result, gateway)
            {
                Message = PlainText.OnOneLine(ended.Answer),
                Answer = ended.Answer,
                Status = ended.Status,
                SentCredentials = ended.SentCredentials,
                Attempts = attempts,
                Elapsed = clock.GetElapsedTime(_start),
                ClockSkew = skew,
                MayBeApplied = mayBeApplied && ended.Result is not (PushResult.Stored or PushResult.Accepted or PushResult.Refused),
            };
    }

    /// <summary>The outcome of a push that was not sent.</summary>
    public PushOutcome NothingSent(string why) =>
        new(PushResult.NotSent, gateway) { Message = why, Elapsed = clock.GetElapsedTime(_start) };

    TimeSpan Remaining => budget.Deadline - clock.GetElapsedTime(_start);
}
