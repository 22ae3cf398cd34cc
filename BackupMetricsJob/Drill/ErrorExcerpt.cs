using System.Text.RegularExpressions;

namespace BackupMetricsJob.Drill;

/// <summary>
/// Extracts a program's last messages for a message that is printed and recorded: on one line, and without secrets. Secrets are the values
/// of environment variables with names like those of secrets, and what follows "password=" and the like.
/// </summary>
internal sealed partial class ErrorExcerpt(IReadOnlyDictionary<string, string> environment)
{
    const int MaxLength = 800;
    const int MaxErrors = 3;
    const int MaxAfter = 3;
    const int MinSecret = 4;

    readonly List<string> _secrets =
    [
        .. environment
            .Where(variable =>
                variable.Value.Length >= MinSecret
                && SecretName().IsMatch(variable.Key)
                && !variable.Key.EndsWith("_FILE", StringComparison.Ordinal)
            )
            .Select(variable => variable.Value),
    ];

    /// <summary>
    /// The last lines that name an error, and what follows the last of them; otherwise the last lines. A line that only says that an error
    /// occurred before it is left out, if there is one before it.
    /// </summary>
    public string Extract(string text)
    {
        var all = text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        var lines = all.Where(line => !Epilogue().IsMatch(line)).ToList();
        if (lines.Count == 0)
            lines = all;
        var error = lines.FindLastIndex(line => ErrorWord().IsMatch(line));
        var said =
            error < 0
                ? lines.TakeLast(3)
                :
                [
                    .. lines[..error].Where(line => ErrorWord().IsMatch(line)).TakeLast(MaxErrors - 1),
                    .. lines[error..].Take(1 + MaxAfter),
                ];
        return Redact(PlainText.OnOneLine(string.Join(" ", said.Distinct()), MaxLength));
    }

    public string Redact(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        return Assigned().Replace(PlainText.WithoutUserInfo(text), "$1***");
    }

    [GeneratedRegex("PASS|SECRET|TOKEN|CIPHER|_KEY|CREDENTIAL", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(
        @"((?:pass(?:word|wd|phrase)?|pwd|secret|token|cipher-pass|(?:access|secret)[-_]?key)\s*[=:]\s*)(?!\*\*\*)\S+",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Assigned();

    [GeneratedRegex(
        @"\b(FATAL|PANIC|ERROR|error|Error|cannot|could not|invalid|unexpected|Unexpected|"
            + @"No such file|No space left|denied|refused|not found)\b"
    )]
    private static partial Regex ErrorWord();

    // tar, gzip and pg_restore end with such a line, whatever the reason.
    [GeneratedRegex(
        "is not recoverable: exiting now|exit(?:ing)? with failure status|Child returned status|: detail: Command was:",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Epilogue();
}
