namespace BackupMetricsJob.Drill;

/// <summary>The parts of a drill, in their order.</summary>
internal enum DrillPhase
{
    /// <summary>What is needed is looked for, before anything is fetched.</summary>
    Preflight,

    /// <summary>The backup tool writes the backup into the drill's own folder.</summary>
    Fetch,

    /// <summary>What was fetched is compared with the backup's own list of files.</summary>
    Verify,

    /// <summary>PostgreSQL starts from it, and replays WAL to the archive's end; of a dump: it is loaded.</summary>
    Replay,

    /// <summary>What came back is looked at.</summary>
    Check,

    /// <summary>The server is stopped, and the folder removed.</summary>
    CleanUp,
}

/// <summary>The spelling of a <see cref="DrillPhase"/> in labels and messages.</summary>
internal static class DrillPhases
{
    /// <summary>How long a restore takes when it matters: the measured RTO.</summary>
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
