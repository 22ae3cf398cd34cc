namespace BackupMetricsJob.Drill.Fetching;

/// <summary>
/// Whose fault it is that a tool cannot list its backups. What is set wrongly, and what this user may not read, says nothing about the
/// backup.
/// </summary>
/// <param name="Tool">The tool's program.</param>
/// <param name="ExitCodes">With these it says that its settings are wrong.</param>
/// <param name="IsOfSettings">Whether these words of it say that, whatever its exit code is.</param>
internal sealed record ToolFaults(string Tool, IReadOnlySet<int> ExitCodes, Func<string, bool> IsOfSettings)
{
    /// <summary>
    /// What is wrong with a repository stands in its list, so most codes are of its options and files:
    /// https://github.com/pgbackrest/pgbackrest/blob/main/src/build/error/error.yaml
    /// </summary>
    public static ToolFaults PgBackRest { get; } =
        new("pgbackrest", new HashSet<int> { 27, 28, 30, 31, 32, 33, 34, 35, 36, 37, 41, 42, 48, 55, 84 }, _ => false);

    /// <summary>But for a backup that is not there, it is the name of the server, the configuration, or who barman wants to be.</summary>
    public static ToolFaults Barman { get; } =
        new("barman", new HashSet<int>(), words => !words.Contains("Unknown backup", StringComparison.Ordinal));

    public static ToolFaults WalG { get; } =
        new(
            "wal-g",
            new HashSet<int>(),
            words =>
                words.Contains("storage is configured", StringComparison.Ordinal)
                || words.Contains("configured storage", StringComparison.Ordinal)
        );

    /// <param name="listed">How its list ended: not with 0.</param>
    public DrillException Explain(ProgramResult listed) =>
        ExitCodes.Contains(listed.ExitCode) || IsOfSettings(listed.Output + listed.Errors)
            ? DrillException.OfSettings($"{Tool}: {listed.ErrorExcerpt}")
            : DrillException.OfProgram(Tool, listed.ExitCode, listed.ErrorExcerpt);
}
