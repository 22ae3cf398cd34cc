using BackupMetricsJob.Http;

namespace BackupMetricsJob.Running;

/// <summary>What a run reports to a heartbeat when it ends.</summary>
/// <param name="IsWell">Whether nothing is wrong, so that nobody needs to be alerted.</param>
/// <param name="Text">What the run found.</param>
internal sealed record HeartbeatMessage(bool IsWell, string Text);

/// <summary>
/// The calls of one run to a heartbeat: one at the start, while the run works, and one at the end. They delay nothing for longer than
/// <paramref name="max"/>, and their failures have no effect on the run.
/// </summary>
/// <param name="heartbeat">Null for none.</param>
internal sealed class HeartbeatCalls(Heartbeat? heartbeat, TimeSpan max, TimeProvider time) : IDisposable
{
    /// <summary>The longest that the last call may take between SIGTERM and SIGKILL.</summary>
    public static readonly TimeSpan WhenStopped = TimeSpan.FromSeconds(2);

    /// <summary>How long a short run waits at its end for the answer to the first call.</summary>
    static readonly TimeSpan ForStart = TimeSpan.FromSeconds(2);

    readonly CancellationTokenSource _ending = new(Timeout.InfiniteTimeSpan, time);
    Task<string?>? _start;
    bool _hasBegun;

    /// <summary>Sends the first call without waiting for the answer.</summary>
    public void Begin()
    {
        _hasBegun = true;
        if (heartbeat?.Start is { } url)
            _start = HeartbeatRequest.SendAsync(url, "", max, time, _ending.Token);
    }

    /// <param name="write">Creates the message; called only if there is a heartbeat to call.</param>
    /// <param name="stop">Cancelled when the process is told to stop, before or during this call. Then less time is left.</param>
    /// <returns>One line for each call that did not arrive.</returns>
    public async Task<IReadOnlyList<string>> EndAsync(Func<HeartbeatMessage> write, CancellationToken stop)
    {
        if (heartbeat is null || !_hasBegun)
            return [];
        var message = write();
        var begin = time.GetTimestamp();
        var limit = stop.IsCancellationRequested && max > WhenStopped ? WhenStopped : max;
        using var end = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var cut = stop.Register(() => end.CancelAfter(WhenStopped));
        var failures = new List<string>();
        if (_start is not null)
        {
            // A start that arrives after the end would look like another run.
            _ending.CancelAfter(ForStart < limit / 2 ? ForStart : limit / 2);
            Add("start", await _start);
        }

        limit -= time.GetElapsedTime(begin);
        if ((message.IsWell ? heartbeat.Success : heartbeat.Fail) is { } url)
            Add(message.IsWell ? "success" : "failure", await HeartbeatRequest.SendAsync(url, message.Text, limit, time, end.Token));
        return failures;

        void Add(string what, string? failure)
        {
            if (failure is not null)
                failures.Add($"the heartbeat at {heartbeat} was not notified of the {what} of this run: {failure}");
        }
    }

    public void Dispose() => _ending.Dispose();
}
