namespace BackupMetricsJob.Drill;

/// <summary>The phases of a drill, in order.</summary>
internal enum DrillPhase
{
    /// <summary>Checks the prerequisites before anything is fetched.</summary>
    Preflight,

    /// <summary>The backup tool writes the backup into the drill's own folder.</summary>
    Fetch,

    /// <summary>The fetched files are compared with the backup's manifest.</summary>
    Verify,

    /// <summary>PostgreSQL starts from the backup, and replays WAL to the archive's end. A dump is loaded.</summary>
    Replay,

    /// <summary>The restored cluster is checked.</summary>
    Check,

    /// <summary>The server is stopped, and the folder removed.</summary>
    CleanUp,
}

/// <summary>The spelling of a <see cref="DrillPhase"/> in labels and messages.</summary>
internal static class DrillPhases
{
    /// <summary>The phases of a real restore; their durations are the measured RTO.</summary>
    public static IReadOnlyList<DrillPhase> OfRestore { get; } = [DrillPhase.Fetch, DrillPhase.Replay];

    public static string Name(this DrillPhase phase) =>
        phase switch
        {
            DrillPhase.Preflight => "preflight",
            DrillPhase.Fetch => "fetch",
            DrillPhase.Verify => "verify",
            DrillPhase.Replay => "replay",
            DrillPhase.Check => "check",
            DrillPhase.CleanUp => "clean-up",
            _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
        };
}
