namespace BackupMetricsJob.Drill;

/// <summary>Quotes text for a shell line and for a PostgreSQL settings file.</summary>
internal static class ShellText
{
    /// <summary>Quotes a word for restore_command, in which PostgreSQL replaces what follows a percent sign.</summary>
    public static string QuoteForCommand(string text) => ShellWord.Quote(text).Replace("%", "%%", StringComparison.Ordinal);

    /// <summary>A line of postgresql.conf.</summary>
    public static string Setting(string name, string value) => $"{name} = '{Escaped(value)}'\n";

    static string Escaped(string value) =>
        value
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("'", "''", StringComparison.Ordinal);
}
