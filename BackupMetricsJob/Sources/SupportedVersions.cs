namespace BackupMetricsJob.Sources;

/// <summary>The major versions of PostgreSQL that can be asked.</summary>
internal static class SupportedVersions
{
    public const int Oldest = 12;
    const int Newest = 18;

    /// <summary>For messages. A newer version is asked all the same.</summary>
    public static string Range { get; } = $"{Oldest} to {Newest}";

    /// <param name="versionNumber">As server_version_num has it, such as 150004.</param>
    public static bool Includes(int versionNumber) => versionNumber / 10000 >= Oldest;
}
