namespace BackupMetricsJob.Text;

/// <summary>Quotes a text as one word for a shell.</summary>
internal static class ShellWord
{
    /// <summary>For a command that a person may paste: without quotes if it needs none.</summary>
    public static string Of(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:".Contains(c, StringComparison.Ordinal))
            ? text
            : Quote(text);

    /// <summary>Always in single quotes.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
