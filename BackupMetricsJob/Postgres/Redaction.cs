using System.Buffers;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Text that stands where it does not belong and may have a password in it: more settings in the value of one, a whole connection text in a
/// host. It is known by its form, and never shown.
/// </summary>
internal static partial class Redaction
{
    const int MaxQuoted = 80;

    static readonly SearchValues<char> Separators = SearchValues.Create(":;=&?@/, \"'\t\n\r");

    internal const string Expected =
        "write postgresql://user@host/database or \"host=... user=... dbname=...\" (what stands there is not shown: "
        + "it may hold a password)";

    internal const string AdoNet = "this looks like an ADO.NET connection string (name=value;name=value): " + Expected;

    /// <summary>
    /// Whether it is more than a value: a user or a database may have any character in its name, but none is named like this.
    /// </summary>
    internal static bool MayHoldPassword(string text) => MoreSettings().IsMatch(text);

    /// <summary>What is wrong with the value of a keyword; null where its form is right.</summary>
    internal static string? FindProblem(string keyword, string value)
    {
        if (LibpqKeyword.IsSecret(keyword) || keyword == "options")
            return null;
        var isName = keyword is "user" or "dbname" or "application_name" or "fallback_application_name";
        if (!MayHoldPassword(value) && (isName || !UserInfo().IsMatch(value)))
            return null;
        return value.Contains(';', StringComparison.Ordinal) ? AdoNet : "more stands in it than belongs there: " + Expected;
    }

    /// <summary>A value in a message: a plain word in quotation marks, anything else not.</summary>
    internal static string QuotedIfPlain(string value) => IsPlain(value) ? $"\"{value}\"" : "what stands there";

    /// <summary>Words of a file in a message: on one line, not too long, in quotation marks; *** for what is in a mistaken form.</summary>
    internal static string Quoted(string text) => MayHoldPassword(text) ? "***" : $"\"{PlainText.OnOneLine(text, MaxQuoted)}\"";

    /// <summary>
    /// The name of a role in a message; *** where it has a character in it that separates a name from a password in some form of a
    /// connection. A role may be named so, and connects; but this may be a slip.
    /// </summary>
    internal static string RoleName(string user) => user.AsSpan().ContainsAny(Separators) ? "***" : user;

    /// <summary>A short word of letters, digits, hyphens, underscores and points.</summary>
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
