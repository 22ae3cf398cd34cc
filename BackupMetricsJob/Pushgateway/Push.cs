using System.Net.Http;
using Prometheus;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Pushes a registry once, with PUT, and tells the truth about it. All values must be set before. Every failure that can be expected is an
/// outcome; an exception is a bug.
/// </summary>
internal static class Push
{
    public static async Task<PushOutcome> SendAsync(
        CollectorRegistry registry,
        GatewayAddress gateway,
        GroupingKey key,
        PushBudget budget,
        TimeProvider clock,
        CancellationToken hardStop,
        Backoff? backoff = null)
    {
        var delivery = new Delivery(gateway.ToString(), budget, backoff ?? Backoff.FullJitter, clock, clock.GetTimestamp());
        using var transport = Transport.Open(budget);
        using var push = new SinglePush(gateway.GroupUrl(key), delivery, clock, transport, hardStop);
        using var client = new HttpClient(push, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        using var pusher = new MetricPusher(new MetricPusherOptions
        {
            Endpoint = gateway.MetricsUrl,
            Job = "job", // Only so that there is one: the grouping key, encoded, is in the URL that SinglePush sends to.
            Registry = registry,
            ReplaceOnPush = true,
            IntervalMilliseconds = 86_400_000,
            HttpClientProvider = () => client,
            OnError = push.Fail,
        });
        pusher.Start();
        try
        {
            return await push.Outcome;
        }
        finally
        {
            await pusher.StopAsync();
        }
    }
}
