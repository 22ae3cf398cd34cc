using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Sources;

/// <summary>
/// Asks one target over one connection, in one round trip after the login and one more a source: with facts, with a failure, or with both.
/// Anything that goes wrong is that target's failure, and the time limit always holds.
/// </summary>
/// <param name="target">Where to connect.</param>
/// <param name="instance">Whom the facts are about, and the sources to read.</param>
/// <param name="settings">What the sources are asked.</param>
/// <param name="timeout">How long all of it may take, connecting included.</param>
/// <param name="clock">The run's clock.</param>
/// <param name="onAnswer">Called once, when a server has said its first word.</param>
internal sealed class DatabaseProbe(
    Target target,
    Instance instance,
    SourceSettings settings,
    TimeSpan timeout,
    RunClock clock,
    Action? onAnswer
)
{
    readonly PartialProbeResult _progress = new(onAnswer);

    /// <summary>Whether to ask what only people want to know of the connection.</summary>
    public bool Inspect { get; init; }

    /// <summary>The host that is being connected to, or the one that it came to.</summary>
    public string Peer => _progress.Host;

    /// <summary>What is known of a target that is not connected to.</summary>
    public static ProbeResult NotBegun(Instance instance, ProbeFailure failure, RunClock clock) =>
        new(instance)
        {
            Failure = failure,
            Duration = TimeSpan.Zero,
            At = clock.Now,
            IsMonitored = IsMonitored(instance, queryIsAboutOthers: false),
        };

    /// <summary>
    /// The result, when it is there or the time is over; at once on a stop. What is still being read then ends by itself, and is left out.
    /// </summary>
    public async Task<ProbeResult> RunAsync(CancellationToken stop)
    {
        var started = clock.Elapsed;
#pragma warning disable CA2000 // Disposed of in EndAsync.
        var end = new CancellationTokenSource();
#pragma warning restore CA2000
        var reading = ReadAsync(started + timeout, end.Token);
        ProbeFailure? failure;
        try
        {
            // Npgsql looks at no token before a server's first byte, so the wait itself must end.
            failure = await reading.WaitAsync(timeout, clock.Provider, stop);
        }
        catch (TimeoutException)
        {
            var why = timeout < target.Timeout ? ", which is what --deadline leaves for the database," : "";
            failure = new(FailureReason.Timeout, $"no answer within {timeout.TotalSeconds:0.#} s{why} while {_progress.Step}");
        }
        catch (OperationCanceledException)
        {
            failure = new(FailureReason.Cancelled, "the run was stopped before the target answered");
        }

        _progress.Close();
        _ = EndAsync(reading, end);
        return Result(failure, clock.Elapsed - started, clock.Now);
    }

    /// <summary>
    /// Npgsql asks the server to cancel over a connection that it waits for, in the middle of Cancel: not on a thread of the pool.
    /// </summary>
    static async Task EndAsync(Task reading, CancellationTokenSource end)
    {
        using (end)
        {
            if (reading.IsCompleted)
                return;
            await DedicatedThread.RunAsync(end.Cancel);
            await reading;
        }
    }

    /// <summary>Why nothing, or not all, could be read; null where only sources failed, or nothing did. Never throws.</summary>
    async Task<ProbeFailure?> ReadAsync(TimeSpan end, CancellationToken cancellationToken)
    {
        try
        {
            var (connection, failure) = await MultiHostConnector.OpenAsync(target.Connection, timeout, clock, _progress, cancellationToken);
            if (connection is null)
                return failure;
            await using var closed = connection;
            _progress.Step = "reading";
            var asked = clock.Elapsed;
            var capabilities = await CapabilitiesQuery.ReadAsync(
                connection.Npgsql,
                end - asked,
                settings.Receivers,
                SourceReader.MustLookUp(instance),
                Inspect,
                cancellationToken
            );
            var job = clock.Start + ((asked + clock.Elapsed) / 2);
            _progress.Open(capabilities, capabilities.Now - job);
            if (!SupportedVersions.Includes(capabilities.VersionNumber))
                return new(
                    FailureReason.Sql,
                    $"PostgreSQL {capabilities.VersionNumber / 10000} is too old: {SupportedVersions.Range} are supported"
                );
            await new SourceReader(connection.Npgsql, capabilities, instance, settings, _progress).ReadAsync(
                new(capabilities.Now, job),
                cancellationToken
            );
            return null;
        }
#pragma warning disable CA1031 // The wall: nothing that one target brings about ends the run.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return ProbeFailures.From(e) ?? ProbeFailures.Unexpected(e, FailureReason.BadData);
        }
    }

    ProbeResult Result(ProbeFailure? failure, TimeSpan duration, DateTimeOffset at)
    {
        var backups = new List<BackupFacts>();
        var failures = new List<SourceFailure>(_progress.Failures);
        if (_progress.Server is { BaseBackup: { } last } server)
        {
            var source = new SourceClock(server.Now, at);
            if (!source.IsFuture(last.Finished))
                backups.Add(ToBackupFacts(last, source));
            else if (!failures.Exists(other => other.Source == SourceName.Server))
                failures.Insert(
                    0,
                    new(SourceName.Server, new(FailureReason.BadData, $"the last base backup finished {source.Future(last.Finished)}"))
                );
        }

        return new(instance)
        {
            Failure = failure ?? (failures is [var first, ..] ? first.Failure : null),
            Duration = duration,
            At = at,
            ClockOffset = _progress.ClockOffset,
            ConnectedTo = _progress.Capabilities is { } capabilities
                ? new(Peer, capabilities.VersionNumber, capabilities.Role, capabilities.InRecovery)
                {
                    Tls = capabilities.Tls,
                    MayReadCatalog = capabilities.MayReadCatalog,
                    IsAnyOfSeveral = target.Connection is { TargetSessionAttributes: SessionAttributes.Any, Hosts.Count: > 1 },
                }
                : null,
            Server = _progress.Server,
            Backups = backups,
            SourcesThatAnswered = [.. _progress.Answered.Where(source => !failures.Exists(other => other.Source == source))],
            SourceFailures = failures,
            Found = _progress.Found,
            IsMonitored = IsMonitored(instance, _progress.QueryIsAboutOthers),
            MissingPrivileges =
                _progress.Capabilities is { } read
                && SupportedVersions.Includes(read.VersionNumber)
                && instance.Sources.Contains(SourceName.Server)
                    ? [.. MissingPrivileges.Find(read, settings.Omissions), .. _progress.Missing]
                    : [],
            Omissions = instance.Sources.Contains(SourceName.Server) ? settings.Omissions : Omissions.None,
        };
    }

    static bool IsMonitored(Instance instance, bool queryIsAboutOthers) =>
        instance.Sources.Any(source => source != SourceName.Catalog && !(source == SourceName.Query && queryIsAboutOthers));

    static BackupFacts ToBackupFacts(BaseBackup last, SourceClock clock)
    {
        return new(SourceName.Server, last.Tool, last.IsIncremental ? BackupType.Incr : BackupType.Base)
        {
            LastSuccess = last.Finished,
            Age = clock.Since(last.Finished),
            LastDuration = last.Finished - last.Started,
        };
    }
}
