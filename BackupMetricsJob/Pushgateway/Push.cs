using System.Net.Http;
using Prometheus;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Pushes a registry once, with PUT, and tells the truth about it. All values must be set before. It blocks, and comes back within the
/// budget or soon after. Every failure that can be expected is an outcome; an exception is a bug.
/// </summary>
internal static class Push
{
    /// <summary>How long something that cannot be cut off, such as the look-up of a name, is waited for past its end.</summary>
    static readonly TimeSpan Overtime = TimeSpan.FromSeconds(1);

    public static PushOutcome Send(
        CollectorRegistry registry,
        Gateway gateway,
        GroupingKey key,
        PushBudget budget,
        TimeProvider clock,
        CancellationToken hardStop,
        Backoff? backoff = null,
        HttpMessageHandler? transport = null)
    {
        var start = clock.GetTimestamp();
        var delivery = new Delivery(gateway.ToString(), budget, backoff ?? Backoff.FullJitter, clock, start);
        var url = gateway.Address.GroupUrl(key);
#pragma warning disable CA2000 // What a given-up push still uses is not disposed of under it; else the client disposes of its handlers.
        var push = new SinglePush(url, gateway.Credentials, delivery, clock, transport ?? Transport.To(url, gateway.Tls, budget), hardStop);
        var client = new HttpClient(push) { Timeout = Timeout.InfiniteTimeSpan };
        var pusher = new MetricPusher(new MetricPusherOptions
        {
            Endpoint = gateway.Address.MetricsUrl,
            Job = "job", // Only so that there is one: the grouping key, encoded, is in the URL that SinglePush sends to.
            Registry = registry,
            ReplaceOnPush = true,
            IntervalMilliseconds = 86_400_000,
            HttpClientProvider = () => client,
            OnError = push.Fail,
        });
#pragma warning restore CA2000
        pusher.Start();
        if (!Ended(push.Outcome, budget.Deadline, hardStop))
        {
            // It goes on by itself until it can be cut off; nobody waits for it, and nothing of it is disposed of.
            return delivery.GiveUp(hardStop.IsCancellationRequested);
        }

        pusher.Stop();
        client.Dispose();
        return push.Outcome.GetAwaiter().GetResult();
    }

    static bool Ended(Task<PushOutcome> outcome, TimeSpan deadline, CancellationToken hardStop)
    {
        var longest = deadline > TimeSpan.Zero ? deadline + Overtime : Overtime;
        try
        {
            return Task.WaitAny([outcome], (int)longest.TotalMilliseconds, hardStop) == 0;
        }
        catch (OperationCanceledException)
        {
            return Task.WaitAny([outcome], (int)Overtime.TotalMilliseconds, CancellationToken.None) == 0;
        }
    }
}
