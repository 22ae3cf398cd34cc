using System.Text.RegularExpressions;

namespace BackupMetricsJob.Catalog;

/// <summary>Whether one name is probably a mistyped form of another.</summary>
internal static partial class SimilarNames
{
    /// <summary>
    /// Names are similar if they differ only in case and punctuation, if one is the short host name of the other, or if there is a typing
    /// error: one letter wrong, missing, superfluous or swapped with its neighbour (two in a long name). Names that differ only in their
    /// numbers (db1, db2) are different.
    /// </summary>
    public static bool Are(string a, string b)
    {
        var (plainA, plainB) = (Plain(a), Plain(b));
        if (plainA.Length == 0 || plainB.Length == 0)
            return false;
        if (plainA == plainB || IsShortFor(a, b) || IsShortFor(b, a))
            return true;
        var shorter = Math.Min(plainA.Length, plainB.Length);
        var max =
            shorter < 4 ? 0
            : shorter < 8 ? 1
            : 2;
        return Math.Abs(plainA.Length - plainB.Length) <= max
            && Numbers().Replace(plainA, "0") != Numbers().Replace(plainB, "0")
            && Distance(plainA, plainB) <= max;
    }

    static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    static bool IsShortFor(string shorter, string longer) =>
        longer.Length > shorter.Length && longer.StartsWith(shorter, StringComparison.OrdinalIgnoreCase) && longer[shorter.Length] == '.';

    /// <summary>The number of wrong, missing, superfluous or swapped letters (optimal string alignment).</summary>
    static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var above = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            above[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, above, row) = (above, row, before);
        }

        return above[b.Length];
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}
