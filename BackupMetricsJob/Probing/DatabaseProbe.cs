using BackupMetricsJob.Backups;
using BackupMetricsJob.Targets;

namespace BackupMetricsJob.Probing;

/// <summary>
/// Asks one target over one connection, in one round trip after the login and one more a source: with facts, with a failure, or with both.
/// One thread runs it, blocking; another may end it meanwhile, since Npgsql looks at no token while it waits for a server's first byte.
/// The result is made once, by whoever is first.
/// </summary>
/// <param name="target">Where to connect.</param>
/// <param name="instance">Whom the facts are about, and the sources to read.</param>
/// <param name="settings">What the sources are asked.</param>
/// <param name="timeout">How long all of it may take, connecting included.</param>
/// <param name="clock">The run's clock; the time runs from now on.</param>
/// <param name="onAnswer">Called by the thread that runs it when a server has said its first word.</param>
internal sealed class DatabaseProbe(Target target, Instance instance, SourceSettings settings, TimeSpan timeout, RunClock clock, Action? onAnswer)
{
    const int OldestVersion = 120000;

    readonly Reading _reading = new(onAnswer);
    int _isDecided;

    /// <summary>Whether to ask what only people want to know of the connection.</summary>
    public bool Inspect { get; init; }

    public TimeSpan Started { get; } = clock.Elapsed;

    /// <summary>When it is to be ended, by the clock's <see cref="RunClock.Elapsed"/>.</summary>
    public TimeSpan End => Started + timeout;

    /// <summary>Whether a server has said anything at all.</summary>
    public bool HasAnswered => _reading.HasAnswered;

    /// <summary>The host that is being connected to, or the one that it came to.</summary>
    public string Peer => _reading.Peer;

    /// <summary>What is known of a target that is not connected to.</summary>
    public static ProbeResult NotBegun(Instance instance, ProbeFailure failure, RunClock clock) =>
        new(instance) { Failure = failure, Duration = TimeSpan.Zero, At = clock.Now, IsMonitored = IsMonitored(instance, queryIsAboutOthers: false) };

    /// <summary>Runs it to its end, which comes soon after its time even if nobody ends it. Null where somebody did. Only a bug is thrown.</summary>
    public ProbeResult? Run()
    {
        try
        {
            Read();
            return Decide(_reading.Failure);
        }
        catch (Exception e) when (ProbeFailures.Of(e) is { } failure)
        {
            return Decide(failure);
        }
    }

    /// <summary>Ends it for having taken too long; null where it has a result.</summary>
    public ProbeResult? TimeOut() =>
        Decide(new(FailureReason.Timeout, $"no answer within {timeout.TotalSeconds:0.#} s{(timeout < target.Timeout ? ", which is what --deadline leaves for the database," : "")} while {_reading.Step}"));

    /// <summary>Ends it because the run ends; null where it has a result.</summary>
    public ProbeResult? Cancel() => Decide(new(FailureReason.Cancelled, "the run was stopped before the target answered"));

    void Read()
    {
        using var connection = HostLoop.Open(target.Connection, timeout, clock, _reading, out var failure);
        if (connection is null)
        {
            _reading.Fail(failure!);
            return;
        }

        _reading.Step = "reading";
        var asked = clock.Elapsed;
        var session = SessionQuery.Read(connection.Npgsql, End - asked, Sources.MustLookUp(instance), Inspect);
        var job = clock.Start + ((asked + clock.Elapsed) / 2);
        _reading.Open(session, session.Now - job);
        if (session.VersionNumber < OldestVersion)
            _reading.Fail(new(FailureReason.Sql, $"PostgreSQL {session.VersionNumber / 10000} is too old: 12 to 18 are supported"));
        else
            new Sources(connection.Npgsql, session, instance, settings, _reading).Read(new(session.Now, job));
    }

    ProbeResult? Decide(ProbeFailure? failure)
    {
        if (Interlocked.CompareExchange(ref _isDecided, 1, 0) != 0) return null;
        _reading.Close();
        return Result(failure, clock.Elapsed - Started, clock.Now);
    }

    ProbeResult Result(ProbeFailure? failure, TimeSpan duration, DateTimeOffset at)
    {
        var backups = new List<BackupFacts>();
        var failures = new List<SourceFailure>(_reading.Failures);
        if (_reading.Server is { BaseBackup: { } last } server)
        {
            var source = new SourceClock(server.Now, at);
            if (!source.IsFuture(last.Finished)) backups.Add(Facts(last, source));
            else if (!failures.Exists(other => other.Source == SourceName.Server))
                failures.Insert(0, new(SourceName.Server, new(FailureReason.BadData, $"the last base backup finished {source.Future(last.Finished)}")));
        }

        return new(instance)
        {
            Failure = failure ?? (failures is [var first, ..] ? first.Failure : null),
            Duration = duration,
            At = at,
            ClockOffset = _reading.ClockOffset,
            Connected = _reading.Session is { } session ? new(Peer, session.VersionNumber, session.Role, session.InRecovery) { Tls = session.Tls } : null,
            Server = _reading.Server,
            Backups = backups,
            SourcesThatAnswered = [.. _reading.Answered.Where(source => !failures.Exists(other => other.Source == source))],
            SourceFailures = failures,
            Found = _reading.Found,
            IsMonitored = IsMonitored(instance, _reading.QueryIsAboutOthers),
            MissingRights = _reading is { Session: { } read, Failure: null } && instance.Sources.Contains(SourceName.Server) ? MissingRights.Of(read) : [],
        };
    }

    static bool IsMonitored(Instance instance, bool queryIsAboutOthers) =>
        instance.Sources.Any(source => source != SourceName.Catalog && !(source == SourceName.Query && queryIsAboutOthers));

    static BackupFacts Facts(BaseBackup last, SourceClock clock) => new(SourceName.Server, last.Tool, BackupType.Base)
    {
        LastSuccess = last.Finished,
        Age = clock.Since(last.Finished),
        LastDuration = last.Finished - last.Started,
    };
}
