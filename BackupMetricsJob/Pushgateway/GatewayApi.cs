using System.Net.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Asks a Pushgateway of itself and its groups, and deletes groups. It blocks; each request may take as long as an attempt of a push to that gateway.
/// </summary>
internal sealed class GatewayApi
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    readonly Gateway _gateway;
    readonly ApiClient _client;
    readonly TimeProvider _clock;
    readonly CancellationToken _stop;

    public GatewayApi(Gateway gateway, TimeProvider clock, CancellationToken stop)
    {
        _gateway = gateway;
        _client = new(gateway.ToString(), gateway.Credentials, gateway.Tls, gateway.AttemptTimeout, clock, stop);
        _clock = clock;
        _stop = stop;
    }

    /// <summary>Its version, its flags, and whether it is ready: one that is not answers, too.</summary>
    public ApiAnswer<GatewayStatus> Status()
    {
        var status = _client.Ask(HttpMethod.Get, Url("/api/v1/status"), (response, stream) => GatewayStatus.Read(ApiData.Read(stream), SkewOf(response)));
        if (status.Value is null) return status;
        var ready = _client.Ask(HttpMethod.Get, Url("/-/ready"), static (_, _) => "");
        return ready.Failure is null or { Result: PushResult.Unavailable } ? new(status.Value with { IsReady = ready.Failure is null }, null) : new(null, ready.Failure);
    }

    /// <summary>Every group that it has. A large gateway tells tens of megabytes, none of which is kept.</summary>
    public ApiAnswer<GatewayGroups> Groups(WantedMetric? wanted = null) =>
        _client.Ask(HttpMethod.Get, Url("/api/v1/metrics"), (response, stream) =>
            new GatewayGroups(new GroupListing(stream, wanted).Read(), _clock.GetUtcNow() + (SkewOf(response) ?? TimeSpan.Zero)));

    /// <summary>
    /// Deletes them all and waits until they are gone, for <paramref name="patience"/> at most: the gateway only promises it at first. The answer is
    /// those that are still there, or there again: one that somebody pushed since it was told of here is not waited for.
    /// </summary>
    /// <param name="groups">Each must have a key.</param>
    public ApiAnswer<GatewayGroups> Delete(IReadOnlyList<GatewayGroup> groups, TimeSpan patience)
    {
        var doomed = new List<(GroupingKey Key, DateTimeOffset? PushTime)>();
        foreach (var group in groups) doomed.Add((group.ToKey() ?? throw new ArgumentException($"{group} has no key", nameof(groups)), group.PushTime));
        foreach (var (key, _) in doomed)
        {
            if (_client.Ask(HttpMethod.Delete, _gateway.Address.GroupUrl(key), static (_, _) => "").Failure is { } failure) return new(null, failure);
        }

        var start = _clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var answer = Groups();
            if (answer.Value is not { } told) return answer;
            var left = new List<GatewayGroup>();
            var mayStillGo = false;
            foreach (var (key, pushTime) in doomed)
            {
                foreach (var group in told.All)
                {
                    if (!group.Is(key)) continue;
                    left.Add(group);
                    mayStillGo |= !(group.PushTime > pushTime);
                }
            }

            if (!mayStillGo || _clock.GetElapsedTime(start) + pause > patience) return new(told with { All = left }, null);
            Wait(pause);
        }
    }

    void Wait(TimeSpan pause)
    {
        try
        {
            Task.Delay(pause, _clock, _stop).Wait(CancellationToken.None);
        }
        catch (AggregateException)
        {
            // Stopped, which the next question will say.
        }
    }

    Uri Url(string path) => new(_gateway + path);

    TimeSpan? SkewOf(HttpResponseMessage response) => Exchange.SkewOf(response.Headers.Date, _clock.GetUtcNow());
}
