using BackupMetricsJob.Backups;
using BackupMetricsJob.Targets;
using Npgsql;

namespace BackupMetricsJob.Probing;

/// <summary>
/// Asks one target over one connection, in one round trip after the login and one more a source, and always comes back within its time:
/// with facts, with a failure, or with both. A failure is a value; only a bug is thrown.
/// </summary>
internal static class DatabaseProbe
{
    const int OldestVersion = 120000;

    /// <summary>By how much Npgsql's own limits are longer than ours, so that it is always ours that speaks.</summary>
    static readonly TimeSpan Overtime = TimeSpan.FromSeconds(2);

    /// <param name="target">Where to connect.</param>
    /// <param name="instance">Whom the facts are about, and the sources to read.</param>
    /// <param name="settings">What the sources are asked.</param>
    /// <param name="timeout">How long all of it may take, connecting included.</param>
    /// <param name="clock">The run's clock.</param>
    /// <param name="stop">Ends the probe at once, with the reason cancelled.</param>
    public static ProbeResult Probe(
        Target target, Instance instance, SourceSettings settings, TimeSpan timeout, RunClock clock, CancellationToken stop)
    {
        var started = clock.Elapsed;
        var reading = new Reading();
        timeout = timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout;

        // On a thread of its own, whose end is not waited for past the deadline: Npgsql looks at no token while it waits for a server's
        // first byte. Its own limits end it soon after.
        var probe = Task.Factory.StartNew(
            () => Read(target, instance, settings, timeout, reading, clock), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var failure = Failure(probe, timeout, timeout < target.Timeout, reading, stop);
        reading.Close();
        return Result(instance, reading, failure, clock.Elapsed - started, clock.Now);
    }

    static ProbeFailure? Failure(Task probe, TimeSpan timeout, bool isCut, Reading reading, CancellationToken stop)
    {
        try
        {
            if (probe.Wait((int)Math.Ceiling(timeout.TotalMilliseconds), stop)) return reading.Failure;
            return new(FailureReason.Timeout, $"no answer within {timeout.TotalSeconds:0.#} s{(isCut ? ", which is what --deadline leaves for the database," : "")} while {reading.Step}");
        }
        catch (OperationCanceledException)
        {
            return new(FailureReason.Cancelled, "the run was stopped before the target answered");
        }
        catch (AggregateException e) when (ProbeFailures.Of(e.InnerException!) is { } failure)
        {
            return failure;
        }
    }

    static void Read(
        Target target, Instance instance, SourceSettings settings, TimeSpan timeout, Reading reading, RunClock clock)
    {
        var end = clock.Elapsed + timeout;
        NpgsqlConnector.RequireRootCertificate(target.Connection);
        using var source = NpgsqlConnector.Create(target.Connection, timeout + Overtime);
        using var connection = source.OpenConnection();
        reading.Step = "reading";
        var asked = clock.Elapsed;
        var session = SessionQuery.Read(connection, end - clock.Elapsed, Sources.MustLookUp(instance));
        var job = clock.Start + ((asked + clock.Elapsed) / 2);
        reading.ClockOffset = session.Now - job;
        if (session.VersionNumber < OldestVersion)
        {
            reading.Failure = new(FailureReason.Sql, $"PostgreSQL {session.VersionNumber / 10000} is too old: 12 to 18 are supported");
            return;
        }

        reading.Session = session;
        new Sources(connection, session, instance, settings, reading).Read(new(session.Now, job));
    }

    static ProbeResult Result(Instance instance, Reading reading, ProbeFailure? failure, TimeSpan duration, DateTimeOffset at)
    {
        var backups = new List<BackupFacts>();
        var failures = new List<SourceFailure>(reading.Failures);
        if (reading.Server is { BaseBackup: { } last } server)
        {
            var clock = new SourceClock(server.Now, at);
            if (!clock.IsFuture(last.Finished)) backups.Add(Facts(last, clock));
            else if (!failures.Exists(other => other.Source == SourceName.Server))
                failures.Insert(0, new(SourceName.Server, new(FailureReason.BadData, $"the last base backup finished {clock.Future(last.Finished)}")));
        }

        return new(instance)
        {
            Failure = failure ?? (failures is [var first, ..] ? first.Failure : null),
            Duration = duration,
            At = at,
            ClockOffset = reading.ClockOffset,
            Server = reading.Server,
            Backups = backups,
            SourcesThatAnswered = [.. reading.Answered.Where(source => !failures.Exists(other => other.Source == source))],
            SourceFailures = failures,
            Found = reading.Found,
            IsMonitored = instance.Sources.Any(source => source != SourceName.Catalog && !(source == SourceName.Query && reading.QueryIsAboutOthers)),
            MissingRights = reading.Session is { } session && instance.Sources.Contains(SourceName.Server) ? MissingRights.Of(session) : [],
        };
    }

    static BackupFacts Facts(BaseBackup last, SourceClock clock) => new(SourceName.Server, last.Tool, BackupType.Base)
    {
        LastSuccess = last.Finished,
        Age = clock.Since(last.Finished),
        LastDuration = last.Finished - last.Started,
    };
}
