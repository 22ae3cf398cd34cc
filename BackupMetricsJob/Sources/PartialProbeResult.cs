using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Sources;

/// <summary>
/// What has been read from a target so far. A read that was given up may go on for a while; whatever it adds after <see cref="Close"/> is
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
    bool _closed;

    public TimeSpan? ClockOffset { get; private set; }

    public ServerCapabilities? Capabilities { get; private set; }

    public ServerEvidence? Server { get; private set; }

    /// <summary>Whether the source "query" reported only other servers.</summary>
    public bool QueryIsAboutOthers { get; set; }

    public IReadOnlyList<InstanceFacts> Found => _found;

    public IReadOnlyList<SourceFailure> Failures => _failures;

    public IReadOnlyList<string> Answered => _answered;

    /// <summary>What the server refused although the role has the privilege, if that is no failure.</summary>
    public IReadOnlyList<MissingPrivilege> Missing => _missing;

    /// <summary>Records that the connection is open, and what the server is.</summary>
    public void Open(ServerCapabilities capabilities, TimeSpan clockOffset)
    {
        lock (_gate)
        {
            if (!_closed)
                (Capabilities, ClockOffset) = (capabilities, clockOffset);
        }
    }

    /// <summary>Records what is known about the server so far.</summary>
    public void Add(ServerEvidence server)
    {
        lock (_gate)
        {
            if (!_closed)
                Server = server;
        }
    }

    public void Add(MissingPrivilege missing)
    {
        lock (_gate)
        {
            if (!_closed)
                _missing.Add(missing);
        }
    }

    /// <summary>Records that a source has been read, with a failure or completely. What it found counts either way.</summary>
    public void Add(string source, IReadOnlyList<InstanceFacts> found, ProbeFailure? failure)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _found.AddRange(found);
            if (failure is null)
                _answered.Add(source);
            else
                _failures.Add(new(source, failure));
        }
    }

    /// <summary>Ignores all later additions.</summary>
    public void Close()
    {
        lock (_gate)
            _closed = true;
    }
}
