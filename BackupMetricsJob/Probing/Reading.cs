using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Probing;

/// <summary>
/// What has been read of a target so far. It outlives a reading that was given up, which may go on for a while: what that still brings
/// after <see cref="Close"/> is left out.
/// </summary>
internal sealed class Reading
{
    readonly Lock _gate = new();
    readonly List<InstanceFacts> _found = [];
    readonly List<SourceFailure> _failures = [];
    readonly List<string> _answered = [];
    volatile string _step = "connecting";
    bool _closed;

    /// <summary>What is being done, for the message that it took too long.</summary>
    public string Step
    {
        get => _step;
        set => _step = value;
    }

    public ProbeFailure? Failure { get; set; }

    public TimeSpan? ClockOffset { get; set; }

    public Session? Session { get; set; }

    public ServerEvidence? Server { get; set; }

    /// <summary>Whether the query told of other servers only.</summary>
    public bool QueryIsAboutOthers { get; set; }

    public IReadOnlyList<InstanceFacts> Found => _found;

    public IReadOnlyList<SourceFailure> Failures => _failures;

    public IReadOnlyList<string> Answered => _answered;

    /// <summary>A source is through, with a failure or in full; what it found counts either way.</summary>
    public void Add(string source, IReadOnlyList<InstanceFacts> found, ProbeFailure? failure)
    {
        lock (_gate)
        {
            if (_closed) return;
            _found.AddRange(found);
            if (failure is null) _answered.Add(source);
            else _failures.Add(new(source, failure));
        }
    }

    /// <summary>From here on nothing changes.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
    }
}
