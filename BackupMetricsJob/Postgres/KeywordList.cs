namespace BackupMetricsJob.Postgres;

/// <summary>
/// The keywords that a user wrote; as in libpq, the last one of a name wins. Problems name a keyword only if it cannot be part of an
/// unquoted password.
/// </summary>
internal sealed class KeywordList(ICollection<string> problems)
{
    const int LongestName = 32;

    internal Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    /// <param name="mayName">False if the keyword may be part of a password.</param>
    /// <returns>Whether libpq knows the keyword.</returns>
    internal bool Add(string keyword, string value, bool mayName = true)
    {
        if (keyword == "requiressl") // an obsolete keyword, translated as in libpq
            (keyword, value) = ("sslmode", value.StartsWith('1') ? "require" : "prefer");
        if (LibpqKeyword.IsKnown(keyword))
        {
            if (value.Contains('\0', StringComparison.Ordinal))
                problems.Add($"{keyword}: a NUL character is not allowed");
            Values[keyword] = value;
            return true;
        }
        if (value.Contains(';', StringComparison.Ordinal) && value.Contains('=', StringComparison.Ordinal))
            problems.Add(Redaction.AdoNet);
        else if (!mayName || !LooksLikeName(keyword))
            problems.Add(
                "a word before \"=\" is not a connection keyword (not shown: "
                    + "it may be part of a password that needs quotes or %-encoding)"
            );
        else if (LibpqKeyword.Nearest(keyword) is { } nearest)
            problems.Add($"unknown connection keyword \"{keyword}\": did you mean \"{nearest}\"?");
        else
            problems.Add(
                $"unknown connection keyword \"{keyword}\": the keywords are those of libpq (host, port, dbname, user, sslmode, ...)"
            );
        return false;
    }

    static bool LooksLikeName(string word) =>
        word.Length is > 0 and <= LongestName && !char.IsAsciiDigit(word[0]) && word.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
