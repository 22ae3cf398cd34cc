using System.CommandLine;

namespace BackupMetricsJob.Cli;

/// <summary>Tells what was wrong with a command line. A word that nobody knows may be a connection with its password, behind a mistyped flag: it is shown only where it is plain.</summary>
internal static class ParseErrors
{
    public static int Tell(ParseResult parsed, TextWriter to)
    {
        foreach (var error in parsed.Errors) to.WriteLine("backup-metrics: " + Redacted(error.Message));
        return (int)ExitCode.Usage;
    }

    /// <summary>With <c>***</c> for what stands between the first and the last quotation mark unless it is a name or a flag; of a flag with a value only the flag is kept.</summary>
    internal static string Redacted(string message)
    {
        var (from, to) = (message.IndexOf('\'', StringComparison.Ordinal) + 1, message.LastIndexOf('\''));
        if (from == 0 || to < from) return message;
        var word = message.AsSpan(from, to - from);
        var plain = 0;
        while (plain < word.Length && (char.IsAsciiLetterOrDigit(word[plain]) || word[plain] is '-' or '_' or '.')) plain++;
        if (plain == word.Length) return message;
        return string.Concat(message.AsSpan(0, from), word is ['-', ..] ? word[..plain] : "", "***", message.AsSpan(to));
    }
}
