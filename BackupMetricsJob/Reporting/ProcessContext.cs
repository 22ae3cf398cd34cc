namespace BackupMetricsJob.Reporting;

/// <summary>Where the program writes: standard output has only what was asked for, everything else goes to standard error.</summary>
/// <param name="Signals">Listened to from the beginning, so that an early one is not lost.</param>
internal sealed record ProcessContext(
    Stream Output,
    TextWriter Error,
    IReadOnlyDictionary<string, string> Environment,
    TimeProvider Time,
    Signals Signals
)
{
    /// <summary>Whether standard input is there; where it was closed, its descriptor may be any file's.</summary>
    public bool HasInput { get; init; }

    /// <summary>Whether somebody looks at standard error while it is written.</summary>
    public bool IsInteractive { get; init; }
}
