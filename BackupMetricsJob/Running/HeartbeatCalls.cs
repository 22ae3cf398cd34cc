using BackupMetricsJob.Http;

namespace BackupMetricsJob.Running;

/// <summary>What a run tells a heartbeat as it ends.</summary>
/// <param name="IsWell">Whether nothing is wrong, so that nobody is to be called.</param>
/// <param name="Text">What the run found.</param>
internal sealed record HeartbeatMessage(bool IsWell, string Text);

/// <summary>
/// The calls of one run to a heartbeat: as it begins, beside its work, and as it ends. They keep nobody waiting for longer than
/// <paramref name="max"/>, and a failure of theirs changes nothing.
/// </summary>
/// <param name="heartbeat">Null for none.</param>
internal sealed class HeartbeatCalls(Heartbeat? heartbeat, TimeSpan max, TimeProvider time) : IDisposable
{
    /// <summary>The most that the last call may take of the seconds between SIGTERM and SIGKILL.</summary>
    public static readonly TimeSpan WhenStopped = TimeSpan.FromSeconds(2);

    /// <summary>How long the end of a short run waits for the answer to the first call.</summary>
    static readonly TimeSpan ForStart = TimeSpan.FromSeconds(2);

    readonly CancellationTokenSource _ending = new(Timeout.InfiniteTimeSpan, time);
    Task<string?>? _start;
    bool _hasBegun;

    /// <summary>Does not wait.</summary>
    public void Begin()
    {
        _hasBegun = true;
        if (heartbeat?.Start is { } url)
            _start = HeartbeatRequest.SendAsync(url, "", max, time, _ending.Token);
    }

    /// <param name="write">Called only if there is anybody to call.</param>
    /// <param name="stop">Told when the process is to end, before this or during it: then there is less time.</param>
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
            // One that comes after the end would look like another run.
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
