using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// Keys whose values are secrets. In a flow mapping ({...}), a comma in an unquoted value starts another key. So a key after a secret may
/// be part of that secret, and is not shown.
/// </summary>
internal static class SecretKeys
{
    public const string HiddenKey = "a key that is not shown, because it may be part of a secret that needs quotes";

    public static bool IsSecret(string key) => key == "credentials" || LibpqKeyword.IsSecret(key);

    /// <summary>Whether a key that follows <paramref name="count"/> entries may be part of a secret.</summary>
    public static bool MayBePartOfSecret(bool isFlow, IReadOnlyList<YamlEntry> before, int count) =>
        isFlow && before.Take(count).Any(entry => IsSecret(entry.Key.Text));
}
