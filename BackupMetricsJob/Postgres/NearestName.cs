namespace BackupMetricsJob.Postgres;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearestName
{
    /// <summary>Null if none is similar; the first of equally similar ones.</summary>
    internal static string? Find(string word, IEnumerable<string> names)
    {
        var farthest = Math.Max(word.Length > 3 ? 2 : 1, word.Length / 3);
        return names
            .Where(name => Math.Abs(name.Length - word.Length) <= farthest)
            .Select(name => (Name: name, Distance: Distance(word, name)))
            .Where(known => known.Distance <= farthest)
            .OrderBy(known => known.Distance)
            .FirstOrDefault()
            .Name;
    }

    /// <summary>Levenshtein distance: the number of characters to insert, delete or replace.</summary>
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
