using System.Text.RegularExpressions;

namespace BackupMetricsJob.Drill;

/// <summary>
/// What a program said last, for a message that is printed, recorded and pushed nowhere else: on one line, and without secrets. A value of
/// an environment variable that is named like a secret is one, and so is what stands after "password=" and the like.
/// </summary>
internal sealed partial class LastWords(IReadOnlyDictionary<string, string> environment)
{
    const int MaxLength = 600;
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

    /// <summary>The last lines that name an error, else the last lines.</summary>
    public string Extract(string text)
    {
        var lines = text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        var error = lines.FindLastIndex(line => ErrorWord().IsMatch(line));
        var said = error >= 0 ? lines[error..] : lines;
        return Redact(PlainText.OnOneLine(string.Join(" ", error >= 0 ? said.Take(4) : said.TakeLast(3)), MaxLength));
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

    [GeneratedRegex(@"\b(FATAL|PANIC|ERROR|error|Error|cannot|could not|invalid)\b")]
    private static partial Regex ErrorWord();
}
