using System.Globalization;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>The form of a bcrypt hash: $2y$10$, then a salt of 22 characters and a digest of 31.</summary>
internal static partial class BcryptHash
{
    public const string Allowed = "a bcrypt hash of cost 4 to 16, as `htpasswd -nBC 10 USER` prints it ($2y$10$...); it is not shown";

    public static bool IsValid(string text) => Form().IsMatch(text);

    /// <summary>The same work as for a hash of this cost, and no password fits it.</summary>
    public static string Dummy(int cost) =>
        string.Create(CultureInfo.InvariantCulture, $"$2y${cost:00}$......................{new string('.', 31)}");

    public static int Cost(string hash) =>
        int.TryParse(hash.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var cost) ? cost : -1;

    // What is above a cost of 16 takes many seconds for each wrong guess.
    [GeneratedRegex(@"^\$2[abxy]\$(0[4-9]|1[0-6])\$[A-Za-z0-9./]{53}\z")]
    private static partial Regex Form();
}
