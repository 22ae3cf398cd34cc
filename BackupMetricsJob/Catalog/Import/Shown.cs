using System.Text;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>Other people's words in a message of ours: one line of bounded length without control characters.</summary>
internal static class Shown
{
    public static string Briefly(string text) => Within(60, text);

    /// <summary>What a tool says of an error.</summary>
    public static string Words(string text) => Within(500, text);

    static string Within(int most, string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= most)
                return shown.Append("...").ToString();
            if (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune))
                shown.Append(' ');
            else
                shown.Append(rune);
        }

        return shown.ToString().Trim();
    }
}
