namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Makes an exchange until it has an answer that counts: at most five attempts, never two at once, within the budget, which runs from the
/// making of this on.
/// </summary>
internal sealed class Delivery(string gateway, PushBudget budget, TimeProvider clock)
{
    const int MaxAttempts = 5;

    readonly long _start = clock.GetTimestamp();

    public async Task<PushOutcome> RunAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        var last = new Attempt(PushResult.Unreachable) { Answer = "no time was left to send anything" };
        var attempts = 0;
        var mayBeApplied = false;
        TimeSpan? skew = null;
        while (attempts < MaxAttempts && Remaining > TimeSpan.Zero)
        {
            if (cancellationToken.IsCancellationRequested)
                return End(new Attempt(PushResult.Cancelled));

            attempts++;
            last = await exchange.TryAsync(budget.ForAttempt(attempts, Remaining), cancellationToken);
            mayBeApplied |= last.MayBeApplied;
            skew = last.ClockSkew ?? skew;
            if (!last.WorthAnother || attempts == MaxAttempts || budget.Backoff.Wait(attempts, last.RetryAfter, Remaining) is not { } wait)
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

        PushOutcome End(Attempt ended) =>
            new(ended.Result, gateway)
            {
                Message = PlainText.OnOneLine(ended.Answer),
                Answer = ended.Answer,
                Status = ended.Status,
                GaveCredentials = ended.GaveCredentials,
                Attempts = attempts,
                Elapsed = clock.GetElapsedTime(_start),
                ClockSkew = skew,
                MayBeApplied = mayBeApplied && ended.Result is not (PushResult.Stored or PushResult.Accepted or PushResult.Refused),
            };
    }

    /// <summary>Nothing leaves the process.</summary>
    public PushOutcome Withhold(string why) => new(PushResult.Withheld, gateway) { Message = why, Elapsed = clock.GetElapsedTime(_start) };

    TimeSpan Remaining => budget.Deadline - clock.GetElapsedTime(_start);
}
