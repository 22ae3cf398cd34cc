using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Drill;

/// <summary>The callbacks for the progress of a drill.</summary>
/// <param name="Cleared">Called when a killed drill's folder was removed.</param>
/// <param name="Begun">Called when a phase begins.</param>
/// <param name="Ended">Called when a phase has ended, with the result so far, which ends with this phase.</param>
internal sealed record DrillWatch(Action<string> Cleared, Action<DrillPhase> Begun, Action<DrillResult> Ended);

/// <summary>
/// One drill: preflight, fetch, verify, replay, check, clean-up. It always ends within its timeout, leaves nothing running and removes its
/// folder, whatever fails.
/// </summary>
internal sealed partial class DrillRun(DrillState state, DateTimeOffset started, TimeProvider time, DrillWatch watch)
{
    /// <summary>Less than a WAL segment: no part of a restore fits any more.</summary>
    const long FullBelow = 16 << 20;

    static readonly DrillPhase[] Work = [DrillPhase.Preflight, DrillPhase.Fetch, DrillPhase.Verify, DrillPhase.Replay, DrillPhase.Check];

    readonly List<(DrillPhase, TimeSpan)> _phases = [];
    DrillPhase? _failed;
    DrillPhase? _stopped;
    DrillFault? _fault;
    string? _failure;
    string? _remains;

    /// <param name="options">What to drill.</param>
    /// <param name="claim">The claim made before.</param>
    /// <param name="environment">The environment of this process, which is passed on to the tools.</param>
    /// <param name="time">The clock.</param>
    /// <param name="watch">Receives the progress.</param>
    /// <param name="stop">Cancelled by a signal: running programs are ended, and the folder is removed.</param>
    public static async Task<DrillResult> RunAsync(
        DrillOptions options,
        ClaimResult claim,
        IReadOnlyDictionary<string, string> environment,
        TimeProvider time,
        DrillWatch watch,
        CancellationToken stop
    )
    {
        var started = time.GetUtcNow();
        try
        {
            WorkPlace.Check(options);
            foreach (var cleared in await DrillFolder.ClearLeftoversAsync(options.WorkDirectory))
                watch.Cleared(cleared);
            var folder = DrillFolder.Create(options.WorkDirectory, started);
            using var state = new DrillState(options, claim, folder, new(folder.FullPath, environment));
            return await new DrillRun(state, started, time, watch).RunAsync(stop);
        }
        catch (DrillException e)
        {
            var isFull = IsFull().IsMatch(e.Message);
            var result = new DrillResult(options, started)
            {
                Finished = time.GetUtcNow(),
                Phases = [(DrillPhase.Preflight, time.GetUtcNow() - started)],
                FailedPhase = DrillPhase.Preflight,
                Fault = isFull ? DrillFault.Means : e.Fault,
                Failure = e.Message,
                Claim = claim,
            };
            watch.Ended(result);
            return result;
        }
    }

    async Task<DrillResult> RunAsync(CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(state.Options.Timeout);
        try
        {
            var steps = DrillSteps.Create(state);
            foreach (var next in Work.Where(steps.Has))
            {
                if (!await TryAsync(next, steps, deadline, stop))
                    break;
            }
        }
        finally
        {
            // Even after a bug, nothing that was started may keep running.
            await CleanUpAsync();
        }

        return Result();
    }

    /// <summary>Runs a phase; true if it succeeded.</summary>
    async Task<bool> TryAsync(DrillPhase phase, DrillSteps steps, CancellationTokenSource deadline, CancellationToken stop)
    {
        watch.Begun(phase);
        var begin = time.GetTimestamp();
        try
        {
            await steps.RunAsync(phase, deadline.Token);
        }
        catch (Exception e) when (deadline.IsCancellationRequested && e is OperationCanceledException)
        {
            Fail(phase, DrillFault.Means, $"not done within {Humanize.Duration(state.Options.Timeout)} (--timeout){Waiting(phase)}");
        }
        catch (Exception e) when (e is DrillException or IOException or UnauthorizedAccessException or Npgsql.NpgsqlException)
        {
            Fail(
                phase,
                e is DrillException { Fault: var fault } ? fault
                    : e is UnauthorizedAccessException ? DrillFault.Settings
                    : DrillFault.Backup,
                state.Program.Words.Redact(PlainText.OnOneLine(e.Message, 2000))
            );
        }

        // A signal ends the tools, too. Their messages then say nothing about the backup.
        if (stop.IsCancellationRequested && _failed is not null)
            (_stopped, _failed, _fault, _failure) = (_failed, null, null, null);
        _phases.Add((phase, time.GetElapsedTime(begin)));
        watch.Ended(Result());
        return _failed is null && _stopped is null;
    }

    /// <summary>What a replay that did not end in time was doing.</summary>
    string Waiting(DrillPhase phase)
    {
        if (phase != DrillPhase.Replay)
            return "";
        var words = state.Cluster?.ErrorExcerpt() is { Length: > 0 } said ? $"; the server's last words: {said}" : "";
        return (state.Wal?.Fetching is { } file ? $"; restore_command was fetching {file}" : "") + words;
    }

    void Fail(DrillPhase phase, DrillFault fault, string words)
    {
        if (fault == DrillFault.Backup && phase == DrillPhase.Check)
            words += NotReplayed();
        (_failed, _fault, _failure) = (phase, fault, words);
        if (fault != DrillFault.Backup)
            return;
        var free = new DriveInfo(state.Folder.FullPath).AvailableFreeSpace;
        if (IsFull().IsMatch(words) || free < FullBelow)
            (_fault, _failure) = (
                DrillFault.Means,
                $"the disk is full ({Humanize.Bytes(free)} are free in {state.Options.WorkDirectory}): {words}"
            );
    }

    /// <summary>What a check did not find may be in the WAL that was not replayed.</summary>
    string NotReplayed() =>
        state.IncompleteReplay is { } early ? $". And replay ended early{Behind()}. {early.Words}"
        : state.Options is { HasArchive: false, Tool: not DrillTool.Dump }
            ? ". No --archive was given, so no WAL after the backup was tried"
        : "";

    string Behind() =>
        state is { Claim.Claim: not null, Shortfall: { Ticks: > 0 } shortfall }
            ? $", {Humanize.Duration(shortfall)} behind what was claimed"
            : "";

    DrillResult Result() =>
        new(state.Options, started)
        {
            Finished = time.GetUtcNow(),
            BackupId = state.Found.Id,
            Place = state.Found.Place,
            Version = state.Programs?.Version,
            Phases = [.. _phases],
            FailedPhase = _failed,
            Fault = _fault,
            Failure = _failure,
            StoppedPhase = _stopped,
            CleanUpFailure = _remains,
            Bytes = state.Bytes ?? state.Found.Size,
            ReplayedBytes = state.Recovered?.Lsn - state.Start,
            Recovered = state.Recovered,
            IncompleteReplay = state.IncompleteReplay,
            NoWal = state.NoWal,
            Claim = state.Claim,
            Shortfall = state.Shortfall,
            Verified = state.Verified,
            Checks = state.Checks,
            KeptFolder = state.Options.Keep ? state.Folder.FullPath : null,
        };

    async Task CleanUpAsync()
    {
        var begin = time.GetTimestamp();
        try
        {
            await state.Folder.RemoveAsync(state.Options.Keep);
        }
        catch (DrillException e)
        {
            _remains = e.Message;
        }

        _phases.Add((DrillPhase.CleanUp, time.GetElapsedTime(begin)));
        watch.Ended(Result());
    }

    [GeneratedRegex("No space left on device|Disk quota exceeded|File too large|File size limit exceeded")]
    private static partial Regex IsFull();
}
