using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Sources;

/// <summary>
/// What has been read of a target so far. It outlives a reading that was given up, which may go on for a while: what that still brings
/// after <see cref="Close"/> is left out.
/// </summary>
/// <param name="onAnswer">Called once, when a server has said its first word.</param>
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

    /// <summary>Whether the query reported other servers only.</summary>
    public bool QueryIsAboutOthers { get; set; }

    public IReadOnlyList<InstanceFacts> Found => _found;

    public IReadOnlyList<SourceFailure> Failures => _failures;

    public IReadOnlyList<string> Answered => _answered;

    /// <summary>What the server refused although the role has the privilege, and that is no failure.</summary>
    public IReadOnlyList<MissingPrivilege> Missing => _missing;

    /// <summary>The connection is there, and this is what it is.</summary>
    public void Open(ServerCapabilities capabilities, TimeSpan clockOffset)
    {
        lock (_gate)
        {
            if (!_closed)
                (Capabilities, ClockOffset) = (capabilities, clockOffset);
        }
    }

    /// <summary>What is known of the server by now.</summary>
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

    /// <summary>A source is through, with a failure or in full; what it found counts either way.</summary>
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

    /// <summary>From here on nothing changes.</summary>
    public void Close()
    {
        lock (_gate)
            _closed = true;
    }
}
