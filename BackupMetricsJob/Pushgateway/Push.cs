using System.Net.Http;
using BackupMetricsJob.Http;
using Prometheus;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Pushes a registry once, and reports the outcome. All values must be set before. Expected failures, including cancellation, are
/// outcomes; an exception is a bug.
/// </summary>
internal static class Push
{
    /// <param name="replaces">Whether to replace the whole group (PUT), as every run does. Otherwise only the sent metrics are replaced
    /// (POST).</param>
    public static async Task<PushOutcome> SendAsync(
        CollectorRegistry registry,
        Gateway gateway,
        GroupingKey key,
        PushBudget budget,
        TimeProvider clock,
        CancellationToken cancellationToken,
        bool replaces = true
    )
    {
        var url = gateway.Address.GroupUrl(key);
        var retryLoop = new RetryLoop(gateway.ToString(), budget, clock);
        var transport = Transport.To(url, gateway.Tls, budget.Deadline);
        var push = new SinglePushHandler(url, gateway.Credentials, retryLoop, clock, transport, cancellationToken);
        using var client = new HttpClient(push) { Timeout = Timeout.InfiniteTimeSpan };
        using var pusher = new MetricPusher(
            new MetricPusherOptions
            {
                Endpoint = gateway.Address.MetricsUrl,
                Job = "job", // Required but unused: SinglePushHandler sends to a URL with the encoded grouping key.
                Registry = registry,
                ReplaceOnPush = replaces,
                IntervalMilliseconds = 86_400_000,
                HttpClientProvider = () => client,
                OnError = push.Fail,
            }
        );
        pusher.Start();
        var outcome = await push.Outcome;
        await pusher.StopAsync();
        return outcome;
    }
}
