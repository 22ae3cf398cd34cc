namespace BackupMetricsJob.Postgres;

/// <summary>
/// The keywords a user wrote, the last of a name winning, as in libpq. A problem names a keyword only where it cannot be a piece of a
/// password that was not quoted or encoded.
/// </summary>
internal sealed class KeywordList(ICollection<string> problems)
{
    const int LongestName = 32;

    internal Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    /// <param name="mayName">false where the keyword may come out of a password.</param>
    /// <returns>whether libpq knows the keyword.</returns>
    internal bool Add(string keyword, string value, bool mayName = true)
    {
        if (keyword == "requiressl") // libpq's own translation of its oldest keyword
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
                "a word before \"=\" is no connection keyword (it is not shown: "
                    + "it may belong to a password that needs quotes or %-encoding)"
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
