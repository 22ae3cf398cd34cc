using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Drill;

/// <summary>
/// One drill: preflight, fetch, replay, check, clean-up. It always ends, within its timeout, with nothing left running and its folder
/// removed, whatever fails.
/// </summary>
internal sealed class DrillRun(DrillState state, TimeProvider time, Action<DrillPhase>? onPhase)
{
    static readonly DrillPhase[] Work = [DrillPhase.Preflight, DrillPhase.Fetch, DrillPhase.Replay, DrillPhase.Check];

    readonly List<(DrillPhase, TimeSpan)> _phases = [];

    /// <param name="options">What is drilled.</param>
    /// <param name="claim">What was claimed before.</param>
    /// <param name="environment">The environment of this process, which the tools get, too.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Told of each phase when it begins; null for nobody.</param>
    /// <param name="stop">A signal: what runs is ended, and the folder removed.</param>
    public static async Task<DrillResult> RunAsync(
        DrillOptions options,
        ClaimResult claim,
        IReadOnlyDictionary<string, string> environment,
        TimeProvider time,
        Action<DrillPhase>? onPhase,
        CancellationToken stop
    )
    {
        var started = time.GetUtcNow();
        IReadOnlyList<string> cleared = [];
        try
        {
            cleared = await DrillFolder.ClearLeftoversAsync(options.WorkDirectory);
            var folder = DrillFolder.Create(options.WorkDirectory, started);
            using var state = new DrillState(options, claim, folder, new(folder.FullPath, environment));
            var result = await new DrillRun(state, time, onPhase).RunAsync(started, stop);
            return result with { Cleared = cleared };
        }
        catch (DrillException e)
        {
            return new(options, started)
            {
                Finished = time.GetUtcNow(),
                FailedPhase = DrillPhase.Preflight,
                Failure = e.Message,
                Claim = claim,
                Cleared = cleared,
            };
        }
    }

    async Task<DrillResult> RunAsync(DateTimeOffset started, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(state.Options.Timeout);
        var (phase, failure) = (DrillPhase.Preflight, (string?)null);
        try
        {
            var steps = DrillSteps.Create(state);
            foreach (var next in Work)
            {
                phase = next;
                await TimeAsync(next, () => steps.RunAsync(next, deadline.Token));
            }
        }
        catch (Exception e) when (deadline.IsCancellationRequested && e is OperationCanceledException)
        {
            var words = phase == DrillPhase.Replay ? state.Cluster?.LastWords() : null;
            failure =
                $"not done within {Humanize.Duration(state.Options.Timeout)} (--timeout)"
                + (words is { Length: > 0 } ? $"; the server's last words: {words}" : "");
        }
        catch (Exception e) when (e is DrillException or IOException or UnauthorizedAccessException or Npgsql.NpgsqlException)
        {
            failure = state.Program.Words.Redact(PlainText.OnOneLine(e.Message, 2000));
        }

        // A signal ends the tools, too: what they then say is no fault of the backup.
        var isStopped = stop.IsCancellationRequested && failure is not null;
        string? remains = null;
        await TimeAsync(DrillPhase.CleanUp, async () => remains = await CleanUpAsync());
        return new(state.Options, started)
        {
            Finished = time.GetUtcNow(),
            BackupId = state.Found.Id,
            Phases = _phases,
            FailedPhase = failure is null || isStopped ? null : phase,
            Failure = isStopped ? null : failure,
            StoppedPhase = isStopped ? phase : null,
            CleanUpFailure = remains,
            Bytes = state.Bytes,
            ReplayedBytes = state.Recovered?.Lsn - state.Start,
            Recovered = state.Recovered,
            Claim = state.Claim,
            Shortfall = state.Shortfall,
            Checks = state.Checks,
            KeptFolder = state.Options.Keep ? state.Folder.FullPath : null,
        };
    }

    async Task TimeAsync(DrillPhase phase, Func<Task> work)
    {
        onPhase?.Invoke(phase);
        var begin = time.GetTimestamp();
        try
        {
            await work();
        }
        finally
        {
            _phases.Add((phase, time.GetElapsedTime(begin)));
        }
    }

    async Task<string?> CleanUpAsync()
    {
        try
        {
            await state.Folder.RemoveAsync(state.Options.Keep);
            return null;
        }
        catch (DrillException e)
        {
            return e.Message;
        }
    }
}
