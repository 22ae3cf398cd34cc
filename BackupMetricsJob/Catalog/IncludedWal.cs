using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Whether a base backup contains the WAL that makes it consistent, so that it can be restored without an archive. Stored in the column
/// raw, as {"wal": METHOD}; absent if unknown.
/// </summary>
internal static class IncludedWal
{
    /// <summary>The values of pg_basebackup's -X.</summary>
    public static readonly IReadOnlyList<string> Methods = ["none", "fetch", "stream"];

    /// <summary>The method that pg_basebackup's files show; null if they do not: with -X fetch, the WAL is inside base.tar.</summary>
    /// <param name="path">The backup's directory, plain or with tar files.</param>
    public static string? Find(string? path)
    {
        try
        {
            if (path is null || !Directory.Exists(path))
                return null;
            if (Directory.EnumerateFiles(path, "pg_wal.tar*").Any())
                return "stream";
            if (!File.Exists(Path.Combine(path, "PG_VERSION")))
                return null;
            // With --waldir, pg_wal is a link to that directory.
            var wal = Path.Combine(path, "pg_wal");
            return !Directory.Exists(wal) ? null
                : Directory.EnumerateFiles(wal).Any(file => SegmentName.Timeline(Path.GetFileName(file)) is not null) ? "stream"
                : "none";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static string? Write(string? method) => method is null ? null : $"{{\"wal\":\"{JsonEncodedText.Encode(method)}\"}}";
}
