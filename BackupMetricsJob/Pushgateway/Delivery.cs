namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Makes an exchange until it has an answer that counts: at most five attempts, never two at once, within the budget, which runs from
/// <paramref name="start"/> (a timestamp of <paramref name="clock"/>).
/// </summary>
internal sealed class Delivery(string gateway, PushBudget budget, Backoff backoff, TimeProvider clock, long start)
{
    const int MostAttempts = 5;

    public PushOutcome Run(Exchange exchange, CancellationToken hardStop)
    {
        var last = new Attempt(PushResult.Unreachable) { Answer = "no time was left to send anything" };
        var attempts = 0;
        var mayBeApplied = false;
        TimeSpan? skew = null;
        while (attempts < MostAttempts && Remaining > TimeSpan.Zero)
        {
            if (hardStop.IsCancellationRequested)
                return End(new Attempt(PushResult.Cancelled));

            attempts++;
            last = exchange.Try(budget.ForAttempt(attempts, Remaining), hardStop);
            mayBeApplied |= last.MayBeApplied;
            skew = last.ClockSkew ?? skew;
            if (!last.WorthAnother || attempts == MostAttempts || backoff.Wait(attempts, last.RetryAfter, Remaining) is not { } wait)
                break;

            try
            {
                Task.Delay(wait, clock, hardStop).Wait(hardStop);
            }
            catch (OperationCanceledException)
            {
                return End(last with { Result = PushResult.Cancelled });
            }
        }

        return End(last);

        PushOutcome End(Attempt ended) => new(ended.Result, gateway)
        {
            Words = Words.OnOneLine(ended.Answer),
            Answer = ended.Answer,
            Status = ended.Status,
            GaveCredentials = ended.GaveCredentials,
            Attempts = attempts,
            Elapsed = clock.GetElapsedTime(start),
            ClockSkew = skew,
            MayBeApplied = mayBeApplied && ended.Result is not (PushResult.Stored or PushResult.Accepted or PushResult.Refused),
        };
    }

    /// <summary>Nothing leaves the process.</summary>
    public PushOutcome Withhold(string why) => new(PushResult.Withheld, gateway) { Words = why, Elapsed = clock.GetElapsedTime(start) };

    /// <summary>What is known where not even the end of an attempt could be waited for.</summary>
    public PushOutcome GiveUp(bool stopped) => new(stopped ? PushResult.Cancelled : PushResult.TimedOut, gateway)
    {
        Words = "the attempt could not be ended in time",
        Elapsed = clock.GetElapsedTime(start),
        MayBeApplied = true,
    };

    TimeSpan Remaining => budget.Deadline - clock.GetElapsedTime(start);
}
