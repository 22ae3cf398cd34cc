using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// Keys whose values are secrets. In braces a comma in such a value that is not quoted begins another key, so what follows it there may be
/// a piece of the secret and is not shown.
/// </summary>
internal static class SecretKeys
{
    public const string HiddenKey = "a key that is not shown: it may belong to a secret that needs quotes";

    public static bool IsSecret(string key) => key == "credentials" || LibpqKeyword.IsSecret(key);

    /// <summary>Whether a key of the map, at this position, may be a piece of a secret.</summary>
    public static bool MayBePartOfSecret(bool isFlow, IReadOnlyList<YamlEntry> before, int count) =>
        isFlow && before.Take(count).Any(entry => IsSecret(entry.Key.Text));
}
