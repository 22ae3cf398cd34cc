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

    /// <summary>How many characters to insert, delete or replace, or neighbours to swap.</summary>
    static int Distance(string a, string b)
    {
        int[] beforeLast = [],
            last = [.. Enumerable.Range(0, b.Length + 1)];
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last) = (last, row);
        }

        return last[b.Length];
    }
}
