using System.Net.Http;

namespace Prometheus;

/// <summary>Where and how a MetricPusher pushes. Endpoint is the address with its path, <c>http://host:9091/metrics</c>.</summary>
public sealed class MetricPusherOptions
{
    public string? Endpoint { get; set; }

    public string? Job { get; set; }

    public string? Instance { get; set; }

    public long IntervalMilliseconds { get; set; } = 1000;

    public IEnumerable<Tuple<string, string>>? AdditionalLabels { get; set; }

    public CollectorRegistry? Registry { get; set; }

    /// <summary>Called with what made a push fail, before the next push and before StopAsync ends: it must not wait for the pusher's end.</summary>
    public Action<Exception>? OnError { get; set; }

    /// <summary>Asked for a client before every push; the client is not disposed of.</summary>
    public Func<HttpClient>? HttpClientProvider { get; set; }

    /// <summary>PUT, which replaces the group, instead of POST, which replaces only the families in the body.</summary>
    public bool ReplaceOnPush { get; set; }
}
