namespace BackupMetricsJob.Drill.Fetching;

/// <summary>
/// Finds out why a tool cannot list its backups. Wrong settings, and files that this user may not read, say nothing about the backup.
/// </summary>
/// <param name="Tool">The tool's program.</param>
/// <param name="ExitCodes">The exit codes that mean wrong settings.</param>
/// <param name="IsOfSettings">Whether a message means wrong settings, whatever the exit code.</param>
internal sealed record ToolFaults(string Tool, IReadOnlySet<int> ExitCodes, Func<string, bool> IsOfSettings)
{
    /// <summary>
    /// Problems with a repository are reported in the list, so most exit codes are about options and files:
    /// https://github.com/pgbackrest/pgbackrest/blob/main/src/build/error/error.yaml
    /// </summary>
    public static ToolFaults PgBackRest { get; } =
        new("pgbackrest", new HashSet<int> { 27, 28, 30, 31, 32, 33, 34, 35, 36, 37, 41, 42, 48, 55, 84 }, _ => false);

    /// <summary>Except for a missing backup, the cause is the server's name, the configuration, or the user that barman runs as.</summary>
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

    /// <param name="listed">The failed result of the tool's list.</param>
    public DrillException Explain(ProgramResult listed) =>
        ExitCodes.Contains(listed.ExitCode) || IsOfSettings(listed.Output + listed.Errors)
            ? DrillException.OfSettings($"{Tool}: {listed.ErrorExcerpt}")
            : DrillException.OfProgram(Tool, listed.ExitCode, listed.ErrorExcerpt);
}
