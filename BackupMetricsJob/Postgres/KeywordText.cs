using System.Text;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Parses libpq's <c>host=db1 password='a b' ...</c>: spaces around "=" are allowed, a backslash escapes the next character, values with
/// spaces need single quotes. Problems never repeat the text.
/// </summary>
internal static class KeywordText
{
    /// <returns>False if the text cannot be split into keywords and values.</returns>
    internal static bool TryRead(string text, KeywordList keywords, ICollection<string> problems)
    {
        var at = 0;
        var afterSecret = false;
        while (true)
        {
            SkipBlanks(text, ref at);
            if (at == text.Length)
                return true;

            var start = at;
            while (at < text.Length && text[at] != '=' && !IsBlank(text[at]))
                at++;
            var keyword = text[start..at];
            SkipBlanks(text, ref at);
            if (at == text.Length || text[at] != '=')
            {
                problems.Add(
                    $"after character {start} of the connection text, a \"=\" is missing: "
                        + "write a postgresql:// URI or keyword=value pairs; "
                        + "put a value with spaces into single quotes; for a database alone write dbname=NAME"
                );
                return false;
            }
            at++;
            SkipBlanks(text, ref at);
            if (ReadValue(text, ref at) is not { } value)
            {
                problems.Add($"the single quote after character {start} of the connection text is not closed");
                return false;
            }
            // The first word of a bare password could be taken for a keyword, and so could a word after a space in one.
            var mayName = !afterSecret && (keywords.Values.Count > 0 || LibpqKeyword.Nearest(keyword) is not null);
            if (keywords.Add(keyword, value, mayName))
                afterSecret = LibpqKeyword.IsSecret(keyword);
        }
    }

    static string? ReadValue(string text, ref int at)
    {
        var quoted = at < text.Length && text[at] == '\'';
        if (quoted)
            at++;
        var value = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                if (++at == text.Length)
                    break;
            }
            else if (quoted && text[at] == '\'')
            {
                at++;
                return value.ToString();
            }
            else if (!quoted && IsBlank(text[at]))
            {
                break;
            }
            value.Append(text[at]);
        }
        return quoted ? null : value.ToString();
    }

    static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && IsBlank(text[at]))
            at++;
    }

    static bool IsBlank(char c) => c is ' ' or (>= '\t' and <= '\r');
}
