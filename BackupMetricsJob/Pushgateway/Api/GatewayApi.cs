using System.Net.Http;
using BackupMetricsJob.Http;

namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>The HTTP API of a Pushgateway: status, groups, deletion. Each request may take as long as a push attempt.</summary>
/// <param name="max">For all requests together, from now on; null for no such limit.</param>
internal sealed class GatewayApi(Gateway gateway, TimeProvider clock, TimeSpan? max = null)
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    readonly ApiClient _client = new(gateway.ToString(), gateway.Credentials, gateway.Tls, gateway.AttemptTimeout, clock, max);

    /// <summary>Version, flags and readiness. A gateway that is not ready responds, too.</summary>
    public async Task<ApiResult<GatewayStatus>> StatusAsync(CancellationToken cancellationToken)
    {
        var status = await _client.GetDataAsync(
            Url("/api/v1/status"),
            (response, data) => GatewayStatus.Read(data, SkewOf(response)),
            cancellationToken
        );
        if (status.Value is null)
            return status;
        var failure = await DoAsync(HttpMethod.Get, Url("/-/ready"), cancellationToken);
        return failure is null or { Reason: RequestFailure.Unavailable }
            ? new(status.Value with { IsReady = failure is null }, null)
            : new(null, failure);
    }

    /// <summary>All groups. The response of a large gateway has tens of megabytes and is not kept.</summary>
    public Task<ApiResult<GatewayGroups>> GroupsAsync(MetricQuery? wanted, CancellationToken cancellationToken) =>
        _client.SendAsync(
            HttpMethod.Get,
            Url("/api/v1/metrics"),
            async (response, stream, end) =>
            {
                var all = await GroupListing.ReadAsync(stream, wanted, end);
                return new GatewayGroups(all, clock.GetUtcNow() + (SkewOf(response) ?? TimeSpan.Zero));
            },
            cancellationToken
        );

    /// <summary>
    /// Deletes the groups and waits up to <paramref name="timeout"/> until they are gone, because the gateway deletes asynchronously.
    /// Returns the groups that still exist or exist again; does not wait for groups that were pushed again in the meantime.
    /// </summary>
    /// <param name="groups">Each must have a key.</param>
    public async Task<ApiResult<GatewayGroups>> DeleteAsync(
        IReadOnlyList<GatewayGroup> groups,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        var toDelete = groups.Select(group => (Key: group.ToKey() ?? throw NoKey(group), group.PushTime)).ToList();
        foreach (var (key, _) in toDelete)
        {
            var url = gateway.Address.GroupUrl(key);
            if (await DoAsync(HttpMethod.Delete, url, cancellationToken) is { } failure)
                return new(null, failure);
        }

        var start = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            var answer = await GroupsAsync(null, cancellationToken);
            if (answer.Value is not { } told)
                return answer;
            var left = told.All.Where(group => toDelete.Exists(one => group.Is(one.Key))).ToList();
            var mayStillGo = toDelete.Exists(one => left.Exists(group => group.Is(one.Key) && !(group.PushTime > one.PushTime)));
            if (!mayStillGo || clock.GetElapsedTime(start) + pause > timeout)
                return new(told with { All = left }, null);

            // If it was cancelled, the next request reports it.
            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Null on success.</summary>
    async Task<ApiFailure?> DoAsync(HttpMethod method, Uri url, CancellationToken cancellationToken) =>
        (await _client.SendAsync(method, url, static (_, _, _) => ValueTask.FromResult(""), cancellationToken)).Failure;

    static ArgumentException NoKey(GatewayGroup group) => new($"{group} has no key");

    Uri Url(string path) => new(gateway + path);

    TimeSpan? SkewOf(HttpResponseMessage response) => PushResponse.ClockSkew(response.Headers.Date, clock.GetUtcNow());
}
