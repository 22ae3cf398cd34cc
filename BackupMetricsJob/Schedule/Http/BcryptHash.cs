using System.Globalization;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>The format of a bcrypt hash: $2y$10$, a salt of 22 characters and a digest of 31.</summary>
internal static partial class BcryptHash
{
    public const string Allowed =
        "a bcrypt hash of cost 4 to 16, as printed by `htpasswd -nBC 10 USER` ($2y$10$...; the value is not shown)";

    public static bool IsValid(string text) => Form().IsMatch(text);

    /// <summary>A hash that costs as much to verify and that no password matches.</summary>
    public static string Dummy(int cost) =>
        string.Create(CultureInfo.InvariantCulture, $"$2y${cost:00}$......................{new string('.', 31)}");

    public static int Cost(string hash) =>
        int.TryParse(hash.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var cost) ? cost : -1;

    // A cost above 16 takes many seconds per attempt.
    [GeneratedRegex(@"^\$2[abxy]\$(0[4-9]|1[0-6])\$[A-Za-z0-9./]{53}\z")]
    private static partial Regex Form();
}
