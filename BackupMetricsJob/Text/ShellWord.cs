namespace BackupMetricsJob.Text;

/// <summary>A text as one word of a shell.</summary>
internal static class ShellWord
{
    /// <summary>In a command that a person may paste: without quotes where it needs none.</summary>
    public static string Of(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:".Contains(c, StringComparison.Ordinal))
            ? text
            : Quote(text);

    /// <summary>In single quotes, whatever it is.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
