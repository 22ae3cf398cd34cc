using System.Globalization;

namespace BackupMetricsJob.Text;

/// <summary>Names within a sentence.</summary>
internal static class NameList
{
    /// <summary>"a, b and 3 more": the first names, in order, and how many are left out.</summary>
    public static string FirstOf(IReadOnlyCollection<string> names, int max) =>
        string.Join(", ", names.Take(max))
        + (names.Count > max ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - max} more") : "");
}
