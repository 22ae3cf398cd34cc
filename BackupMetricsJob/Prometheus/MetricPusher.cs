using System.Diagnostics;
using System.Net.Http;
using Prometheus.Internal;

namespace Prometheus;

/// <summary>
/// Pushes a registry to a Pushgateway: at once when it is started, then at every interval, and a last time when it is stopped. A push that
/// fails, a ScrapeFailedException of a callback included, goes to OnError (to Trace without one) and never ends the loop.
/// </summary>
public class MetricPusher : MetricHandler
{
    // The longest time that Task.Delay takes, some 49.7 days: who asks for more gets no push between the first and the last.
    static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    readonly Uri _address;
    readonly HttpMethod _method;
    readonly TimeSpan _interval;
    readonly CollectorRegistry _registry;
    readonly Action<Exception>? _onError;
    readonly Func<HttpClient> _client;

    public MetricPusher(
        string endpoint,
        string job,
        string? instance = null,
        long intervalMilliseconds = 1000,
        IEnumerable<Tuple<string, string>>? additionalLabels = null,
        CollectorRegistry? registry = null,
        bool pushReplace = false)
        : this(new MetricPusherOptions
        {
            Endpoint = endpoint,
            Job = job,
            Instance = instance,
            IntervalMilliseconds = intervalMilliseconds,
            AdditionalLabels = additionalLabels,
            Registry = registry,
            ReplaceOnPush = pushReplace,
        })
    {
    }

    public MetricPusher(MetricPusherOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrEmpty(options.Endpoint))
            throw new ArgumentNullException(nameof(options), "Endpoint is empty: a URL such as http://localhost:9091/metrics is needed.");

        if (string.IsNullOrEmpty(options.Job))
            throw new ArgumentNullException(nameof(options), "Job is empty: a group at the gateway has a job.");

        if (options.IntervalMilliseconds <= 0)
            throw new ArgumentException($"IntervalMilliseconds is {options.IntervalMilliseconds}: it must be at least 1.", nameof(options));

        _registry = options.Registry ?? Metrics.DefaultRegistry;
        _client = options.HttpClientProvider ?? (static () => SharedClient.Instance);
        _address = PushAddress.Of(options.Endpoint, options.Job, options.Instance, options.AdditionalLabels);
        _interval = TimeSpan.FromMilliseconds(options.IntervalMilliseconds);
        _onError = options.OnError;
        _method = options.ReplaceOnPush ? HttpMethod.Put : HttpMethod.Post;
    }

    protected override Task StartServer(CancellationToken cancel) => Task.Run(() => PushUntilStoppedAsync(cancel), CancellationToken.None);

    async Task PushUntilStoppedAsync(CancellationToken cancel)
    {
        do
        {
            var started = Stopwatch.GetTimestamp();
            await TryPushAsync();
            var pause = _interval - Stopwatch.GetElapsedTime(started);
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause > LongestDelay ? Timeout.InfiniteTimeSpan : pause, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!cancel.IsCancellationRequested);

        // The state at the stop, which the push before may have missed.
        await TryPushAsync();
    }

    async Task TryPushAsync()
    {
        try
        {
            await PushAsync();
        }
        catch (Exception problem)
        {
            Report(problem);
        }
    }

    async Task PushAsync()
    {
        await _registry.PrepareAsync(CancellationToken.None);
        using var request = new HttpRequestMessage(_method, _address) { Content = new RegistryContent(_registry) };
        using var response = await _client().SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    void Report(Exception problem)
    {
        try
        {
            if (_onError is not null)
                _onError(problem);
            else
                Trace.WriteLine($"A push to {_address.Host} failed: {problem}");
        }
        catch (Exception second)
        {
            Trace.WriteLine($"OnError failed: {second}");
        }
    }

    // A class of its own, so that no client is made where the caller brings one.
    static class SharedClient
    {
        public static readonly HttpClient Instance = new();
    }
}
