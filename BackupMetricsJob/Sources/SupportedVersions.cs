namespace BackupMetricsJob.Sources;

/// <summary>The supported major versions of PostgreSQL.</summary>
internal static class SupportedVersions
{
    public const int Oldest = 12;
    const int Newest = 18;

    /// <summary>The range, for messages. Newer versions are probed all the same.</summary>
    public static string Range { get; } = $"{Oldest} to {Newest}";

    /// <param name="versionNumber">server_version_num, such as 150004.</param>
    public static bool Includes(int versionNumber) => versionNumber / 10000 >= Oldest;
}
