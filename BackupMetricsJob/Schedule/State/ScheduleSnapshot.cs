using BackupMetricsJob.Exposition;

namespace BackupMetricsJob.Schedule.State;

/// <summary>
/// Everything there is to know about the daemon at one moment. It never changes; ask <see cref="ScheduleState"/> for a newer one.
/// </summary>
internal sealed record ScheduleSnapshot
{
    /// <summary>This host's name; in a cluster it is the name of the node.</summary>
    public required string Node { get; init; }

    public required DateTimeOffset ProcessStarted { get; init; }

    public required BuildVersion Build { get; init; }

    /// <summary>The group that a run replaces at the gateway.</summary>
    public string Group { get; init; } = "";

    /// <summary>As the user wrote it.</summary>
    public string Cron { get; init; } = "";

    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>How often the job is meant to run: --interval, else the longest gap between two slots.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Null where the schedule has no further slot, or is not known yet.</summary>
    public DateTimeOffset? NextSlot { get; init; }

    /// <summary>Null where no run is going on at this node.</summary>
    public CurrentRun? Current { get; init; }

    /// <summary>Null before the first run at this node ended.</summary>
    public LastRun? Last { get; init; }

    /// <summary>The last runs at this node, the oldest first; at most <see cref="ScheduleState.HistoryLength"/>.</summary>
    public IReadOnlyList<RunRecord> History { get; init; } = [];

    /// <summary>When a run at this node last succeeded: every push arrived, whatever the targets said.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>Whether this node shares its schedule with others.</summary>
    public bool IsCluster { get; init; }

    /// <summary>The same on any node of the cluster, this one included; without a cluster it is <see cref="LastSuccess"/>.</summary>
    public DateTimeOffset? LastClusterSuccess { get; init; }

    /// <summary>Null without a cluster, and where no slot was done yet.</summary>
    public ClusterSlot? LastClusterSlot { get; init; }

    /// <summary>The last run of this node, unless another node has run a later slot: then what this one found is past.</summary>
    public LastRun? NewestRun => Last is null || LastClusterSlot?.Slot > Last.Slot ? null : Last;

    /// <summary>What keeps the scheduler from its work; null where nothing does.</summary>
    public string? Problem { get; init; }

    /// <summary>When somebody last looked for such a problem, in the clock's timestamps; null where nobody has yet.</summary>
    public long? LastHealthCheck { get; init; }

    /// <summary>Why the cluster's store cannot be asked now; null where it can, and where there is none.</summary>
    public string? StoreProblem { get; init; }

    /// <summary>Null where the settings were read without a problem the last time.</summary>
    public ReloadFailure? ReloadFailure { get; init; }
}
