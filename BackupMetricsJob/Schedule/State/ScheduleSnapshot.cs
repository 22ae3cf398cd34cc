using BackupMetricsJob.Exposition;

namespace BackupMetricsJob.Schedule.State;

/// <summary>An immutable snapshot of the daemon's state. <see cref="ScheduleState"/> has the latest.</summary>
internal sealed record ScheduleSnapshot
{
    /// <summary>This host's name; in a cluster, the name of the node.</summary>
    public required string Node { get; init; }

    public required DateTimeOffset ProcessStarted { get; init; }

    public required BuildVersion Build { get; init; }

    /// <summary>The group that a run replaces at the gateway.</summary>
    public string Group { get; init; } = "";

    /// <summary>As the user wrote it.</summary>
    public string Cron { get; init; } = "";

    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>How often the job is meant to run: --interval, or the longest gap between two slots.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Null if there are no further slots, or it is not known yet.</summary>
    public DateTimeOffset? NextSlot { get; init; }

    /// <summary>Null if no run is active on this node.</summary>
    public CurrentRun? Current { get; init; }

    /// <summary>Null until the first run on this node has ended.</summary>
    public LastRun? Last { get; init; }

    /// <summary>The last runs on this node, oldest first; at most <see cref="ScheduleState.HistoryLength"/>.</summary>
    public IReadOnlyList<RunRecord> History { get; init; } = [];

    /// <summary>The last success on this node: every push arrived, whatever the targets' results.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>Whether this node is part of a cluster.</summary>
    public bool IsCluster { get; init; }

    /// <summary>The last success on any node, including this one; without a cluster, <see cref="LastSuccess"/>.</summary>
    public DateTimeOffset? LastClusterSuccess { get; init; }

    /// <summary>Null without a cluster, or if no slot was completed yet.</summary>
    public ClusterSlot? LastClusterSlot { get; init; }

    /// <summary>The last run of this node; null if another node has run a later slot, which makes these results obsolete.</summary>
    public LastRun? NewestRun => Last is null || LastClusterSlot?.Slot > Last.Slot ? null : Last;

    /// <summary>Why the scheduler does not work; null if it does.</summary>
    public string? Problem { get; init; }

    /// <summary>The last health check, as a timestamp of the clock; null for none.</summary>
    public long? LastHealthCheck { get; init; }

    /// <summary>Why the cluster's store is unavailable; null if it is available, or there is none.</summary>
    public string? StoreProblem { get; init; }

    /// <summary>Null if the last reload was successful.</summary>
    public ReloadFailure? ReloadFailure { get; init; }
}
