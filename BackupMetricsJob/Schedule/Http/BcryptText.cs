using System.Globalization;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>The form of a bcrypt hash: $2y$10$, then a salt of 22 characters and a digest of 31.</summary>
internal static class BcryptText
{
    public const string Allowed = "a bcrypt hash of cost 4 to 16, as `htpasswd -nBC 10 USER` prints it ($2y$10$...); it is not shown";

    // What is above takes many seconds for each wrong guess.
    const int MostCost = 16;
    const int Length = 60;

    public static bool IsHash(string text)
    {
        if (text.Length != Length || text[0] != '$' || text[1] != '2' || text[2] is not ('a' or 'b' or 'x' or 'y') || text[3] != '$' || text[6] != '$' || Cost(text) is not (>= 4 and <= MostCost)) return false;
        foreach (var c in text.AsSpan(7))
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '/')) return false;
        }

        return true;
    }

    /// <summary>The same work as for a hash of this cost, and no password fits it.</summary>
    public static string Nobody(int cost) => string.Create(CultureInfo.InvariantCulture, $"$2y${cost:00}$......................{new string('.', 31)}");

    public static int Cost(string hash) => int.TryParse(hash.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var cost) ? cost : -1;
}
