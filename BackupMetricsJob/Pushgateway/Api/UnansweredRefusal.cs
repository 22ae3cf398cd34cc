namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>
/// Finds out that a push was refused where the connection ended without an answer, by what the gateway says of our group. Pushgateway
/// 1.11.0, which Debian 13 has, ends every refusal so (https://github.com/prometheus/pushgateway/issues/766); a proxy may.
/// </summary>
internal static class UnansweredRefusal
{
    static readonly TimeSpan MaxSearch = TimeSpan.FromSeconds(5);

    /// <summary>The gateway's Date header is cut to the second, and so is the time of its list.</summary>
    static readonly TimeSpan ClockResolution = TimeSpan.FromSeconds(2);

    /// <param name="left">The remaining time. The search takes at most a few seconds.</param>
    /// <returns>A refusal, or the outcome as it was where the gateway does not say so.</returns>
    public static async Task<PushOutcome> FindAsync(
        PushOutcome outcome,
        Gateway gateway,
        GroupingKey ours,
        TimeSpan left,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (outcome is not { Result: PushResult.Unreachable, MayBeApplied: true })
            return outcome;
        var start = clock.GetTimestamp();
        var timeout = TimeSpan.FromTicks(Math.Clamp(left.Ticks, 1, MaxSearch.Ticks));
        var api = new GatewayApi(gateway with { AttemptTimeout = timeout }, clock);
        var groups = (await api.GroupsAsync(null, cancellationToken)).Value;
        if (groups?.All.FirstOrDefault(group => group.Is(ours)) is not { PushFailureTime: { } failed } group || group.PushTime >= failed)
            return outcome;
        var sent = groups.At - outcome.Elapsed - clock.GetElapsedTime(start) - ClockResolution;
        return failed < sent
            ? outcome
            : outcome with
            {
                Result = PushResult.Refused,
                MayBeApplied = false,
                ReasonIsUnknown = true,
                Message = $"it ended the connection without an answer, and lists the push as a failed one ({outcome.Message})",
                Advice =
                    "Pushgateway 1.11.0, which Debian 13 has, gives no reason (https://github.com/prometheus/pushgateway/issues/766): a "
                    + "newer one does. The usual one is a metric of ours that another job pushed with another type",
            };
    }
}
