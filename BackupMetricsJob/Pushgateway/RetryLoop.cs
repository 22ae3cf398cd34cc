namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Makes an exchange until it has an answer that counts: at most five attempts, never two at once, within the budget, which runs from the
/// making of this on.
/// </summary>
internal sealed class RetryLoop(string gateway, PushBudget budget, TimeProvider clock)
{
    const int MaxAttempts = 5;

    readonly long _start = clock.GetTimestamp();

    public async Task<PushOutcome> RunAsync(PushRequest exchange, CancellationToken cancellationToken)
    {
        var last = new AttemptResult(PushResult.Unreachable) { Answer = "no time was left to send anything" };
        var attempts = 0;
        var mayBeApplied = false;
        TimeSpan? skew = null;
        while (attempts < MaxAttempts && Remaining > TimeSpan.Zero)
        {
            if (cancellationToken.IsCancellationRequested)
                return End(new AttemptResult(PushResult.Cancelled));

            attempts++;
            last = await exchange.SendAsync(budget.ForAttempt(attempts, Remaining), cancellationToken);
            mayBeApplied |= last.MayBeApplied;
            skew = last.ClockSkew ?? skew;
            if (!last.IsRetryable || attempts == MaxAttempts || budget.Backoff.Wait(attempts, last.RetryAfter, Remaining) is not { } wait)
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

    /// <summary>Nothing leaves the process.</summary>
    public PushOutcome NothingSent(string why) =>
        new(PushResult.Withheld, gateway) { Message = why, Elapsed = clock.GetElapsedTime(_start) };

    TimeSpan Remaining => budget.Deadline - clock.GetElapsedTime(_start);
}
