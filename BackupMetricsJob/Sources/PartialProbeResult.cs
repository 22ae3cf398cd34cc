using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Sources;

/// <summary>
/// What has been read from a target so far. A read that was given up may go on for a while; whatever it adds after <see cref="Freeze"/> is
/// ignored.
/// </summary>
/// <param name="onAnswer">Called once, at the server's first response.</param>
internal sealed class PartialProbeResult(Action? onAnswer) : ConnectionProgress(onAnswer)
{
    readonly Lock _gate = new();
    readonly List<InstanceFacts> _found = [];
    readonly List<SourceFailure> _failures = [];
    readonly List<string> _answered = [];
    readonly List<MissingPrivilege> _missing = [];
    bool _isFrozen;

    public TimeSpan? ClockOffset { get; private set; }

    public ServerCapabilities? Capabilities { get; private set; }

    public ServerEvidence? Server { get; private set; }

    /// <summary>Whether the source "query" reported only other servers.</summary>
    public bool QueryIsAboutOthers { get; set; }

    public IReadOnlyList<InstanceFacts> Found => _found;

    public IReadOnlyList<SourceFailure> Failures => _failures;

    public IReadOnlyList<string> Answered => _answered;

    /// <summary>What the server refused although the role has the privilege, if that is no failure.</summary>
    public IReadOnlyList<MissingPrivilege> MissingPrivileges => _missing;

    /// <summary>Records that the connection is open, and what the server is.</summary>
    public void SetCapabilities(ServerCapabilities capabilities, TimeSpan clockOffset)
    {
        lock (_gate)
        {
            if (!_isFrozen)
                (Capabilities, ClockOffset) = (capabilities, clockOffset);
        }
    }

    /// <summary>Records what is known about the server so far.</summary>
    public void SetServer(ServerEvidence server)
    {
        lock (_gate)
        {
            if (!_isFrozen)
                Server = server;
        }
    }

    public void AddMissingPrivilege(MissingPrivilege missing)
    {
        lock (_gate)
        {
            if (!_isFrozen)
                _missing.Add(missing);
        }
    }

    /// <summary>Records that a source has been read, with a failure or completely. What it found counts either way.</summary>
    public void AddSource(string source, IReadOnlyList<InstanceFacts> found, ProbeFailure? failure)
    {
        lock (_gate)
        {
            if (_isFrozen)
                return;
            _found.AddRange(found);
            if (failure is null)
                _answered.Add(source);
            else
                _failures.Add(new(source, failure));
        }
    }

    /// <summary>Ignores all later additions.</summary>
    public void Freeze()
    {
        lock (_gate)
            _isFrozen = true;
    }
}
