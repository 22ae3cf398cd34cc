using System.Runtime.ExceptionServices;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Probing;
using BackupMetricsJob.Targets;

namespace BackupMetricsJob.Running;

/// <summary>
/// Probes every target of a run, each on a thread that blocks, and has a result for each of them when the run's time for it ends. At most
/// so many as there are places are probed at once; a target that has said nothing within a second gives its place back while it is waited for, so that a hundred
/// silent hosts hold up nobody. The caller's thread watches the clock.
/// </summary>
/// <remarks>
/// What is silent is told from what is slow: where an address has answered anybody in this run, whoever waits for it keeps its place, or else ever
/// more connections would be made to a server that cannot keep up with those it has. Where an address was silent to one, the next one that wants it waits aside
/// from the start. One that answers after all counts again, and nothing is begun until there is room.
/// </remarks>
internal sealed class Fleet
{
    /// <summary>How many may be waited for beside those that have a place: each is a thread and a connection.</summary>
    internal const int MostWaiting = 256;

    /// <summary>How long the silent may keep a place: a second, and less where the others are known to speak much sooner.</summary>
    static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LeastPatience = TimeSpan.FromMilliseconds(100);

    const int TimesTheUsual = 10;

    readonly object _gate = new();
    readonly IReadOnlyList<MonitoredTarget> _targets;
    readonly int _places;
    readonly RunClock _clock;
    readonly TimeSpan _end;
    readonly CancellationToken _stop;
    readonly Attempt?[] _attempts;
    readonly ProbeResult[] _results;
    readonly HashSet<string>? _peersThatAnswer;
    readonly HashSet<string>? _silentPeers;
    int _next;
    int _oldest;
    int _active;
    int _waiting;
    int _decided;
    int _answers;
    TimeSpan _untilAnswers;
    TimeSpan _wake;
    ExceptionDispatchInfo? _bug;

    /// <param name="targets">Whom to probe.</param>
    /// <param name="places">How many at once.</param>
    /// <param name="clock">The run's clock.</param>
    /// <param name="end">When all must have a result, by the clock.</param>
    /// <param name="stop">Ends all of it at once.</param>
    public Fleet(IReadOnlyList<MonitoredTarget> targets, int places, RunClock clock, TimeSpan end, CancellationToken stop)
    {
        (_targets, _places, _clock, _end, _stop) = (targets, places, clock, end, stop);
        _attempts = new Attempt?[targets.Count];
        _results = new ProbeResult[targets.Count];
        if (targets.Count > places) (_peersThatAnswer, _silentPeers) = (new(StringComparer.Ordinal), new(StringComparer.Ordinal));
    }

    /// <summary>Whether to ask what only people want to know of a connection.</summary>
    public bool Inspect { get; init; }

    /// <summary>Is told how far it has come; null where nobody looks.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>A result for each target, in their order. Only a bug is thrown.</summary>
    public ProbeResult[] Probe()
    {
        using var stopped = _stop.Register(Wake);
        lock (_gate)
        {
            while (true)
            {
                if (_stop.IsCancellationRequested) CancelAll();
                while (Begin() is { } attempt) new Thread(() => Work(attempt)) { IsBackground = true }.Start();
                _bug?.Throw();
                if (_decided == _results.Length) return _results;
                var wait = Look();
                _wake = _clock.Elapsed + wait;
                Monitor.Wait(_gate, (int)Math.Ceiling(Math.Max(0, wait.TotalMilliseconds)));
            }
        }
    }

    void Wake()
    {
        lock (_gate) Monitor.Pulse(_gate);
    }

    /// <summary>A thread: one target after the other, until one is taken from it or there is no place.</summary>
    void Work(Attempt? attempt)
    {
        while (attempt is not null)
        {
            ProbeResult? result = null;
            ExceptionDispatchInfo? bug = null;
            try
            {
                result = attempt.Probe.Run();
            }
#pragma warning disable CA1031 // It is thrown again where it can be caught.
            catch (Exception e)
#pragma warning restore CA1031
            {
                bug = ExceptionDispatchInfo.Capture(e);
            }

            lock (_gate)
            {
                if (bug is not null && !attempt.IsOver) _bug ??= bug;
                if (result is not null) End(attempt, result);
                attempt = result is null ? null : Begin();
                if (_bug is not null || _decided == _results.Length || attempt?.IsWaiting == true || attempt?.Probe.End < _wake) Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>The next target, if there is one and a place for it. Those that cannot be begun any more have their result on the way.</summary>
    Attempt? Begin()
    {
        while (_next < _targets.Count && _active < _places)
        {
            var index = _next++;
            var (target, instance, settings) = _targets[index];
            var left = _end - _clock.Elapsed;
            if (WhyNot(_targets[index], left) is { } failure)
            {
                Decide(index, DatabaseProbe.NotBegun(instance, failure, _clock));
                continue;
            }

            var attempt = new Attempt(index);
            attempt.Probe = new(target!, instance, settings, left < target!.Timeout ? left : target.Timeout, _clock, _peersThatAnswer is null ? null : () => Answered(attempt)) { Inspect = Inspect };
            _attempts[index] = attempt;
            attempt.IsWaiting = _waiting < MostWaiting && IsSilent(target);
            if (attempt.IsWaiting) _waiting++;
            else _active++;
            if (_next == _targets.Count) Progress?.EndsWithin(LastEnd() - _clock.Elapsed);
            return attempt;
        }

        return null;
    }

    ProbeFailure? WhyNot(MonitoredTarget target, TimeSpan left) =>
        target.Unusable
        ?? (_stop.IsCancellationRequested ? new(FailureReason.Cancelled, "the run was stopped before the target was asked")
        : left <= TimeSpan.Zero ? new(FailureReason.Timeout, "not asked: --deadline left no time for it")
        : null);

    /// <summary>Ends what has had its time, lets what is silent wait aside, and says when to look again.</summary>
    TimeSpan Look()
    {
        var now = _clock.Elapsed;
        var patience = Patience();
        var wait = _next < _targets.Count ? patience : _end;
        for (var i = _oldest; i < _next; i++)
        {
            if (_attempts[i] is not { } attempt)
            {
                if (i == _oldest) _oldest++;
                continue;
            }

            var left = attempt.Probe.End - now;
            if (left <= TimeSpan.Zero)
            {
                if (attempt.Probe.TimeOut() is { } result) End(attempt, result);
                wait = TimeSpan.Zero;
                continue;
            }

            if (left < wait) wait = left;
            if (_next == _targets.Count || attempt.IsWaiting || attempt.Probe.HasAnswered) continue;
            var silent = attempt.Probe.Started + patience - now;
            if (silent > TimeSpan.Zero)
            {
                if (silent < wait) wait = silent;
            }
            else if (_waiting < MostWaiting && _peersThatAnswer?.Contains(attempt.Probe.Peer) == false)
            {
                attempt.IsWaiting = true;
                _silentPeers!.Add(attempt.Probe.Peer);
                _active--;
                _waiting++;
                wait = TimeSpan.Zero;
            }
        }

        return wait;
    }

    bool IsSilent(Target target)
    {
        if (_silentPeers is not { Count: > 0 }) return false;
        var peer = target.Connection.Hosts[0].ToString();
        return _silentPeers.Contains(peer) && !_peersThatAnswer!.Contains(peer);
    }

    /// <summary>How long the silent may keep a place, by what is known of the others.</summary>
    TimeSpan Patience()
    {
        if (_answers < _places) return MostPatience;
        var patience = _untilAnswers / _answers * TimesTheUsual;
        return patience > MostPatience ? MostPatience : patience < LeastPatience ? LeastPatience : patience;
    }

    /// <summary>A first word has come: from here on it is work, and counts as that.</summary>
    void Answered(Attempt attempt)
    {
        lock (_gate)
        {
            _answers++;
            _untilAnswers += _clock.Elapsed - attempt.Probe.Started;
            _peersThatAnswer!.Add(attempt.Probe.Peer);
            if (!attempt.IsWaiting || attempt.IsOver) return;
            attempt.IsWaiting = false;
            _waiting--;
            _active++;
        }
    }

    void CancelAll()
    {
        for (var i = _oldest; i < _next; i++)
        {
            if (_attempts[i] is { } attempt && attempt.Probe.Cancel() is { } result) End(attempt, result);
        }
    }

    void End(Attempt attempt, ProbeResult result)
    {
        attempt.IsOver = true;
        _attempts[attempt.Index] = null;
        if (attempt.IsWaiting) _waiting--;
        else _active--;
        Decide(attempt.Index, result);
    }

    void Decide(int index, ProbeResult result)
    {
        _results[index] = result;
        _decided++;
        Progress?.Add(result.Failure is not null);
    }

    TimeSpan LastEnd()
    {
        var last = TimeSpan.Zero;
        for (var i = _oldest; i < _next; i++)
        {
            if (_attempts[i] is { } attempt && attempt.Probe.End > last) last = attempt.Probe.End;
        }

        return last;
    }

    /// <summary>A target that was begun and has no result yet. All of it is guarded by the gate.</summary>
    sealed class Attempt(int index)
    {
        public int Index => index;

        public DatabaseProbe Probe { get; set; } = null!;

        public bool IsWaiting { get; set; }

        public bool IsOver { get; set; }
    }
}
