using System.Buffers;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Recognizes values that may contain a misplaced password, such as several settings in one value or a connection string in a host. Such
/// values are never shown.
/// </summary>
internal static partial class Redaction
{
    const int MaxQuoted = 80;

    static readonly SearchValues<char> Separators = SearchValues.Create(":;=&?@/, \"'\t\n\r");

    internal const string Expected =
        "write postgresql://user@host/database or \"host=... user=... dbname=...\" (the value is not shown: "
        + "it may contain a password)";

    internal const string AdoNet = "this looks like an ADO.NET connection string (name=value;name=value): " + Expected;

    /// <summary>
    /// Whether the text contains more than a value. A user or a database may have any character in its name, but no real name looks like
    /// this.
    /// </summary>
    internal static bool MayHoldPassword(string text) => MoreSettings().IsMatch(text);

    /// <summary>What is wrong with the value of a keyword; null if nothing is.</summary>
    internal static string? FindProblem(string keyword, string value)
    {
        if (LibpqKeyword.IsSecret(keyword) || keyword == "options")
            return null;
        var isName = keyword is "user" or "dbname" or "application_name" or "fallback_application_name";
        if (!MayHoldPassword(value) && (isName || !UserInfo().IsMatch(value)))
            return null;
        return value.Contains(';', StringComparison.Ordinal) ? AdoNet : "the value contains more than one setting: " + Expected;
    }

    /// <summary>A value for a message: a plain word in quotes, anything else hidden.</summary>
    internal static string QuotedIfPlain(string value) => IsPlain(value) ? $"\"{value}\"" : "the value";

    /// <summary>Text from a file for a message: on one line, shortened, in quotes; *** if it may contain a password.</summary>
    internal static string Quoted(string text) => MayHoldPassword(text) ? "***" : $"\"{PlainText.OnOneLine(text, MaxQuoted)}\"";

    /// <summary>
    /// The name of a role for a message; *** if it contains a character that separates a name from a password in some connection format.
    /// Such a name is legal, but more likely a mistake.
    /// </summary>
    internal static string RoleName(string user) => user.AsSpan().ContainsAny(Separators) ? "***" : user;

    /// <summary>Whether it is a short word of letters, digits, hyphens, underscores and periods.</summary>
    internal static bool IsPlain(string word) => PlainWord().IsMatch(word);

    [GeneratedRegex(
        @"(^|[^a-z])(pass(word|wd|phrase)?|pwd|sslpassword)\s*=|;\s*[a-z][a-z _]*=|[a-z]{4,}://.*@",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant
    )]
    private static partial Regex MoreSettings();

    [GeneratedRegex(":.*@", RegexOptions.Singleline)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"^[A-Za-z0-9_.\-]{0,40}\z")]
    private static partial Regex PlainWord();
}
