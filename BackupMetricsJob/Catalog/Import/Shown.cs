using System.Globalization;
using System.Text;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>Other people's words in a message of ours: one line of bounded length without control or format characters.</summary>
internal static class Shown
{
    public static string Briefly(string text) => Within(60, text);

    /// <summary>What a tool says of an error.</summary>
    public static string Words(string text) => Within(500, text);

    static string Within(int max, string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= max)
                return shown.Append("...").ToString();
            if (Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format)
                shown.Append(' ');
            else
                shown.Append(rune);
        }

        return shown.ToString().Trim();
    }
}
