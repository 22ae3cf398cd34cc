namespace BackupMetricsJob.Reporting;

/// <summary>The environment of the process. Standard output only receives requested data; everything else goes to standard error.</summary>
/// <param name="Signals">Registered at the start of the program, so that an early signal is not lost.</param>
internal sealed record ProcessContext(
    Stream Output,
    TextWriter Error,
    IReadOnlyDictionary<string, string> Environment,
    TimeProvider Time,
    Signals Signals
)
{
    /// <summary>Whether standard input was open at the start. If not, its descriptor may belong to another file.</summary>
    public bool HasInput { get; init; }

    /// <summary>Whether standard error is a terminal.</summary>
    public bool IsInteractive { get; init; }
}
