namespace BackupMetricsJob.Postgres;

/// <summary>The user's own SELECT, ready to be sent. The server checks it; this class only finds its end.</summary>
internal static class UserQuery
{
    /// <summary>The statement without the semicolon that ends it; null if another statement follows.</summary>
    public static string? Single(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            if (text[at] != ';')
                at = Next(text, at);
            else
                return IsBlank(text, at + 1) ? text[..at] : null;
        }

        return text;
    }

    /// <summary>Whether there is nothing to ask: blanks, comments and semicolons.</summary>
    public static bool AsksNothing(string text) => IsBlank(text, 0);

    static bool IsBlank(string text, int at)
    {
        while (at < text.Length)
        {
            if (!char.IsWhiteSpace(text[at]) && text[at] != ';' && !IsAt(text, at, "--") && !IsAt(text, at, "/*"))
                return false;
            at = Next(text, at);
        }

        return true;
    }

    /// <summary>The position after the next token: a quoted text, a comment, or one character.</summary>
    static int Next(string text, int at) =>
        text[at] switch
        {
            '\'' => Behind(text, at + 1, "'", hasEscapes: at > 0 && text[at - 1] is 'e' or 'E'),
            '"' => Behind(text, at + 1, "\""),
            '-' when IsAt(text, at, "--") => Behind(text, at, "\n"),
            '/' when IsAt(text, at, "/*") => BehindComment(text, at),
            '$' when at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || text[at - 1] == '_') => BehindDollars(text, at),
            _ => at + 1,
        };

    static int Behind(string text, int at, string end, bool hasEscapes = false)
    {
        for (; at < text.Length; at++)
        {
            if (hasEscapes && text[at] == '\\')
                at++;
            else if (IsAt(text, at, end))
                return at + end.Length;
        }

        return text.Length;
    }

    // Comments nest.
    static int BehindComment(string text, int at)
    {
        var depth = 0;
        for (; at < text.Length; at++)
        {
            if (IsAt(text, at, "/*"))
                depth++;
            else if (IsAt(text, at, "*/") && --depth == 0)
                return at + 2;
            else
                continue;
            at++;
        }

        return text.Length;
    }

    // $$...$$ or $name$...$name$; a $ that begins neither is a parameter, which the server refuses.
    static int BehindDollars(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        return end < text.Length && text[end] == '$' ? Behind(text, end + 1, text[at..(end + 1)]) : at + 1;
    }

    static bool IsAt(string text, int at, string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;
}
