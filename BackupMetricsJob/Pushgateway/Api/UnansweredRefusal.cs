namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>
/// Finds out from the gateway's data about our group whether a push was refused, if the connection ended without an answer. Pushgateway
/// 1.11.0, which Debian 13 has, ends every refusal this way (https://github.com/prometheus/pushgateway/issues/766); a proxy may, too.
/// </summary>
internal static class UnansweredRefusal
{
    static readonly TimeSpan MaxSearch = TimeSpan.FromSeconds(5);

    /// <summary>The gateway's Date header and the times in its list are cut to the second.</summary>
    static readonly TimeSpan ClockResolution = TimeSpan.FromSeconds(2);

    /// <param name="left">The remaining time. The search takes at most a few seconds.</param>
    /// <returns>A refusal, or the unchanged outcome if the gateway does not report one.</returns>
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
