namespace BackupMetricsJob.Targets;

/// <summary>Finds the name that somebody probably meant.</summary>
internal static class NearestName
{
    /// <summary>Null where nothing is near; the first of those that are equally near.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="count">How many names there are.</param>
    /// <param name="name">Each of them.</param>
    internal static string? Of(string word, int count, Func<int, string> name)
    {
        string? nearest = null;
        var best = Math.Max(word.Length > 3 ? 2 : 1, word.Length / 3) + 1;
        for (var i = 0; i < count; i++)
        {
            var known = name(i);
            if (Math.Abs(known.Length - word.Length) >= best)
                continue;
            var distance = Distance(word, known);
            if (distance < best)
                (best, nearest) = (distance, known);
        }
        return nearest;
    }

    internal static string? Of(string word, IReadOnlyList<string> names) => Of(word, names.Count, at => names[at]);

    /// <summary>Levenshtein: how many characters must be put in, taken out or changed.</summary>
    static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j < row.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], cost);
            }
        }
        return row[b.Length];
    }
}
