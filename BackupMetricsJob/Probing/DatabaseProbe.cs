using BackupMetricsJob.Backups;
using BackupMetricsJob.Targets;
using Npgsql;

namespace BackupMetricsJob.Probing;

/// <summary>
/// Asks one target over one connection, in two round trips after the login, and always comes back within its time: with facts, with a
/// failure, or with both. A failure is a value; only a bug is thrown.
/// </summary>
internal static class DatabaseProbe
{
    const int OldestVersion = 120000;

    static readonly TimeSpan MaxClockError = TimeSpan.FromMinutes(5);

    /// <param name="target">Where to connect.</param>
    /// <param name="instance">Whom the facts are about.</param>
    /// <param name="timeout">How long all of it may take, connecting included.</param>
    /// <param name="clock">The run's clock.</param>
    /// <param name="stop">Ends the probe at once, with the reason cancelled.</param>
    public static ProbeResult Probe(Target target, Instance instance, TimeSpan timeout, RunClock clock, CancellationToken stop)
    {
        var started = clock.Elapsed;
        var reading = new Reading();
        timeout = timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout;

        // On a thread of its own, whose end is not waited for past the deadline: Npgsql looks at no token while it waits for a server's
        // first byte. Its own limits end it soon after.
        var probe = Task.Factory.StartNew(() => Read(target, timeout, reading, clock), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return Result(instance, reading, Failure(probe, timeout, reading, stop), clock.Elapsed - started, clock.Now);
    }

    static ProbeFailure? Failure(Task probe, TimeSpan timeout, Reading reading, CancellationToken stop)
    {
        try
        {
            if (probe.Wait((int)Math.Ceiling(timeout.TotalMilliseconds), stop)) return reading.Failure ?? OfRights(reading);
            return new(FailureReason.Timeout, $"no answer within {timeout.TotalSeconds:0.#} s while {reading.Step}");
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

    static void Read(Target target, TimeSpan timeout, Reading reading, RunClock clock)
    {
        var end = clock.Elapsed + timeout;
        using var source = NpgsqlConnector.Create(target.Connection, timeout);
        using var connection = source.OpenConnection();
        reading.Step = "reading";
        var asked = clock.Elapsed;
        var session = SessionQuery.Read(connection, end - clock.Elapsed);
        reading.ClockOffset = session.Now - (clock.Start + ((asked + clock.Elapsed) / 2));
        if (session.VersionNumber < OldestVersion)
        {
            reading.Failure = new(FailureReason.Sql, $"PostgreSQL {session.VersionNumber / 10000} is too old: 12 to 18 are supported");
            return;
        }

        reading.Session = session;
        ServerSource.Read(connection, session, evidence => reading.Server = evidence);
        reading.Complete = true;
    }

    static ProbeFailure? OfRights(Reading reading) => MissingRights.HasMonitor(reading.Session!)
        ? null
        : new(FailureReason.Privilege, $"role {reading.Session!.Role} is not a member of pg_monitor: it {MissingRights.Of(reading.Session)[0].What}");

    static ProbeResult Result(Instance instance, Reading reading, ProbeFailure? failure, TimeSpan duration, DateTimeOffset at)
    {
        var backups = new List<BackupFacts>();
        if (reading.Server is { BaseBackup: { } last } server)
        {
            var age = server.Now - last.Finished;
            if (age < -MaxClockError || last.Finished - at > MaxClockError)
                failure ??= new(FailureReason.BadData, $"the last base backup finished in the future: {last.Finished:u}, the server's clock says {server.Now:u}");
            else
                backups.Add(Facts(last, age));
        }

        return new(instance)
        {
            Failure = failure,
            Duration = duration,
            At = at,
            ClockOffset = reading.ClockOffset,
            Server = reading.Server,
            Backups = backups,
            SourcesThatAnswered = failure is null && reading.Complete ? [SourceName.Server] : [],
            MissingRights = reading.Session is { } session ? MissingRights.Of(session) : [],
        };
    }

    static BackupFacts Facts(BaseBackup last, TimeSpan age) => new(SourceName.Server, last.Tool, BackupType.Base)
    {
        LastSuccess = last.Finished,
        Age = age < TimeSpan.Zero ? TimeSpan.Zero : age,
        LastDuration = last.Finished - last.Started,
    };

    /// <summary>What has been read so far; it outlives a reading that was given up.</summary>
    sealed class Reading
    {
        public volatile string Step = "connecting";

        public ProbeFailure? Failure { get; set; }

        public TimeSpan? ClockOffset { get; set; }

        public Session? Session { get; set; }

        public ServerEvidence? Server { get; set; }

        public bool Complete { get; set; }
    }
}
