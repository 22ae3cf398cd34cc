using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Sources;

/// <summary>
/// Probes one target over one connection, with one round trip after the login and one for each source. The result has facts, a failure, or
/// both. Anything that goes wrong is a failure of that target, and the time limit always holds.
/// </summary>
/// <param name="target">Where to connect.</param>
/// <param name="instance">The instance that the facts are about, with the sources to read.</param>
/// <param name="settings">The settings of the sources.</param>
/// <param name="timeout">How long the whole probe may take, including connecting.</param>
/// <param name="clock">The run's clock.</param>
/// <param name="onAnswer">Called once, at the server's first response.</param>
internal sealed class DatabaseProbe(
    Target target,
    Instance instance,
    SourceSettings settings,
    TimeSpan timeout,
    RunClock clock,
    Action? onAnswer
)
{
    readonly PartialProbeResult _partial = new(onAnswer);

    /// <summary>Whether to query connection details that only people need.</summary>
    public bool Inspect { get; init; }

    /// <summary>The host being connected to, or the one that the connection led to.</summary>
    public string Peer => _partial.Host;

    /// <summary>The result for a target to which no connection was attempted.</summary>
    public static ProbeResult NotBegun(Instance instance, ProbeFailure failure, RunClock clock) =>
        new(instance)
        {
            Failure = failure,
            Duration = TimeSpan.Zero,
            At = clock.Now,
            IsMonitored = IsMonitored(instance, queryIsAboutOthers: false),
        };

    /// <summary>
    /// Returns the result when it is complete or the time is up, or at once when stopped. A read that is still running then ends by itself,
    /// and its data is ignored.
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
            // Npgsql ignores the token until the server's first byte, so the wait itself must end.
            failure = await reading.WaitAsync(timeout, clock.Provider, stop);
        }
        catch (TimeoutException)
        {
            var why = timeout < target.Timeout ? ", which is what --deadline leaves for the database," : "";
            failure = new(FailureReason.Timeout, $"no answer within {timeout.TotalSeconds:0.#} s{why} while {_partial.Step}");
        }
        catch (OperationCanceledException)
        {
            failure = new(FailureReason.Cancelled, "the run was stopped before the target answered");
        }

        _partial.Freeze();
        _ = EndAsync(reading, end);
        return Result(failure, clock.Elapsed - started, clock.Now);
    }

    /// <summary>
    /// Cancel blocks while Npgsql opens a connection to ask the server to cancel the query. So it must not run on a thread of the pool.
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

    /// <summary>Why nothing, or not everything, could be read; null if only sources failed, or nothing did. Never throws.</summary>
    async Task<ProbeFailure?> ReadAsync(TimeSpan end, CancellationToken cancellationToken)
    {
        try
        {
            var (connection, failure) = await MultiHostConnector.OpenAsync(target.Connection, timeout, clock, _partial, cancellationToken);
            if (connection is null)
                return failure;
            await using var closed = connection;
            _partial.Step = "reading";
            var asked = clock.Elapsed;
            var capabilities = await CapabilitiesQuery.ReadAsync(
                connection.Npgsql,
                end - asked,
                settings.Receivers,
                SourceReader.NeedsOtherTools(instance),
                Inspect,
                cancellationToken
            );
            var job = clock.Start + ((asked + clock.Elapsed) / 2);
            _partial.SetCapabilities(capabilities, capabilities.Now - job);
            if (!SupportedVersions.Includes(capabilities.VersionNumber))
                return new(
                    FailureReason.Sql,
                    $"PostgreSQL {capabilities.VersionNumber / 10000} is too old: {SupportedVersions.Range} are supported"
                );
            await new SourceReader(connection.Npgsql, capabilities, instance, settings, _partial).ReadAsync(
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
        var failures = new List<SourceFailure>(_partial.Failures);
        if (_partial.Server is { BaseBackup: { } last } server)
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
            ClockOffset = _partial.ClockOffset,
            ConnectedTo = _partial.Capabilities is { } capabilities
                ? new(Peer, capabilities.VersionNumber, capabilities.Role, capabilities.InRecovery)
                {
                    Tls = capabilities.Tls,
                    MayReadCatalog = capabilities.MayReadCatalog,
                    IsAnyOfSeveral = target.Connection is { TargetSessionAttributes: SessionAttributes.Any, Hosts.Count: > 1 },
                }
                : null,
            Server = _partial.Server,
            Backups = backups,
            SourcesThatAnswered = [.. _partial.Answered.Where(source => !failures.Exists(other => other.Source == source))],
            SourceFailures = failures,
            Found = _partial.Found,
            IsMonitored = IsMonitored(instance, _partial.QueryIsAboutOthers),
            MissingPrivileges =
                _partial.Capabilities is { } read
                && SupportedVersions.Includes(read.VersionNumber)
                && instance.Sources.Contains(SourceName.Server)
                    ? [.. MissingPrivileges.Find(read, settings.Omissions), .. _partial.MissingPrivileges]
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
