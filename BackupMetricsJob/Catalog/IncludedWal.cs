using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Whether a base backup has the WAL that makes it consistent: then it can be restored without an archive. It is kept in the column raw of
/// its row, as {"wal": METHOD}; unknown is no word.
/// </summary>
internal static class IncludedWal
{
    /// <summary>The words of pg_basebackup's -X.</summary>
    public static readonly IReadOnlyList<string> Methods = ["none", "fetch", "stream"];

    /// <summary>What the files of pg_basebackup show; null where they do not show it: with -X fetch the WAL is inside base.tar.</summary>
    /// <param name="path">A directory, plain or of tar files.</param>
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
            // With --waldir it is a link to the directory.
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
