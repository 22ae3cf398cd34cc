using System.Globalization;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Drill;

/// <summary>
/// A restored data directory before its first start. Everything it needs is there, no old settings are left, and no link leads out of the
/// drill's folder. So a server started on it cannot write anywhere else.
/// </summary>
internal static partial class DataDirectory
{
    public const string Label = "backup_label";

    /// <summary>The former server's settings and signal files. Our settings are in our own files.</summary>
    static readonly string[] Former = ["postgresql.auto.conf", "standby.signal", "recovery.signal", "recovery.conf", "postmaster.pid"];

    /// <summary>The tablespaces of a plain directory: their OIDs, and the targets of their links.</summary>
    public static IReadOnlyList<(string Oid, string Location)> Tablespaces(string directory)
    {
        var links = Path.Combine(directory, "pg_tblspc");
        return Directory.Exists(links)
            ? [.. new DirectoryInfo(links).GetFileSystemInfos().Where(entry => entry.LinkTarget is not null).Select(Target)]
            : [];

        (string, string) Target(FileSystemInfo link) => (link.Name, Path.GetFullPath(link.LinkTarget!, links));
    }

    /// <summary>The tablespaces in tablespace_map, from which recovery creates the links.</summary>
    public static IReadOnlyList<(string Oid, string Location)> MappedTablespaces(string directory)
    {
        var map = Path.Combine(directory, "tablespace_map");
        return File.Exists(map)
            ?
            [
                .. File.ReadLines(map)
                    .Select(line => line.Split(' ', 2))
                    .Where(parts => parts.Length == 2)
                    .Select(parts => (parts[0], parts[1])),
            ]
            : [];
    }

    public static void Link(string link, string target)
    {
        File.Delete(link);
        Directory.CreateSymbolicLink(link, target);
    }

    /// <summary>The total size of the files in bytes, including tablespaces.</summary>
    public static long Size(string directory)
    {
        var sum = SizeWithin(directory);
        foreach (var (_, location) in Tablespaces(directory))
            sum += Directory.Exists(location) ? SizeWithin(location) : 0;
        return sum;
    }

    /// <summary>Checks the directory without changing it, so that it can still be compared with the backup.</summary>
    /// <exception cref="DrillException">It cannot be started, or could do harm.</exception>
    public static void Check(DrillFolder folder, bool needsLabel)
    {
        var data = folder.DataDirectory;
        if (!File.Exists(Path.Combine(data, "PG_VERSION")) || !File.Exists(Path.Combine(data, "global", "pg_control")))
            throw new DrillException("what was fetched is no data directory: it has no PG_VERSION or no global/pg_control");
        RefuseIncremental(data, "what was fetched");
        if (needsLabel && !File.Exists(Path.Combine(data, Label)))
            throw new DrillException(
                "the backup has no backup_label: PostgreSQL would start it from the wrong place in the WAL, and damage it without a word. "
                    + "An atomic snapshot of the storage has none: restore that by --tool command with --snapshot"
            );
        foreach (var (oid, location) in MappedTablespaces(data))
        {
            if (!IsWithin(folder, location) && !Directory.Exists(Path.Combine(folder.TablespaceDirectory, oid)))
                throw new DrillException(
                    $"the tablespace {oid} ({location}) is missing: nothing was restored to {Path.Combine(folder.TablespaceDirectory, oid)}"
                );
        }

        foreach (var entry in new DirectoryInfo(data).GetFileSystemInfos().Where(entry => !Former.Contains(entry.Name)))
            RefuseOutside(folder, entry);
        foreach (var (oid, location) in Tablespaces(data))
        {
            if (!IsWithin(folder, location))
                throw DrillException.OfSettings(
                    $"the tablespace {oid} is at {location}, outside of the drill's folder: a start would write to it. Let the tool "
                        + $"restore tablespaces below {folder.TablespaceDirectory}"
                );
            if (!Directory.Exists(location))
                throw new DrillException($"the tablespace {oid} is missing: the tool restored nothing to {location}");
        }
    }

    /// <summary>
    /// Prepares the checked directory for its start: removes the old settings, and links only the drill's own tablespaces.
    /// </summary>
    public static void Prepare(DrillFolder folder)
    {
        var data = folder.DataDirectory;
        foreach (var file in Former)
            File.Delete(Path.Combine(data, file));
        RewriteMap(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(data, "recovery.signal"), "");
    }

    /// <summary>The backup's start position in the WAL, in bytes; null if the backup does not tell.</summary>
    public static long? StartOfBackup(string data)
    {
        return LabelLine(data, "START WAL LOCATION") is { } line && Location().Match(line) is { Success: true } match
            ? Lsn(match.Value)
            : null;
    }

    /// <summary>The value of a line in backup_label, such as "START TIME"; null if there is none.</summary>
    public static string? LabelLine(string data, string name)
    {
        var label = Path.Combine(data, Label);
        var start = name + ": ";
        return File.Exists(label)
            ? File.ReadLines(label).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..]
            : null;
    }

    /// <summary>Refuses an incremental backup, which PostgreSQL cannot start without the backups it depends on.</summary>
    /// <exception cref="DrillException">It is an incremental backup (PostgreSQL 17).</exception>
    public static void RefuseIncremental(string data, string what)
    {
        if (LabelLine(data, "INCREMENTAL FROM LSN") is { } from)
            throw DrillException.OfSettings(
                $"{what} is an incremental backup (from LSN {from}), and no whole one: name all backups that it builds on with "
                    + "--directory, the full one first"
            );
    }

    public static int Version(string data)
    {
        var text = File.ReadAllText(Path.Combine(data, "PG_VERSION")).Trim();
        return int.TryParse(text.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new DrillException($"PG_VERSION of the backup says {PlainText.OnOneLine(text, 40)}");
    }

    /// <summary>16/B374D848 as a number of bytes.</summary>
    public static long Lsn(string text)
    {
        var parts = text.Split('/');
        return (long.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) << 32)
            + long.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    static void RewriteMap(DrillFolder folder)
    {
        var mapped = MappedTablespaces(folder.DataDirectory);
        if (mapped.Count == 0)
            return;
        File.WriteAllLines(
            Path.Combine(folder.DataDirectory, "tablespace_map"),
            mapped.Select(one =>
                $"{one.Oid} {(IsWithin(folder, one.Location) ? one.Location : Path.Combine(folder.TablespaceDirectory, one.Oid))}"
            )
        );
    }

    static void RefuseOutside(DrillFolder folder, FileSystemInfo entry)
    {
        if (entry.LinkTarget is { } target && !IsWithin(folder, Path.GetFullPath(target, folder.DataDirectory)))
            throw DrillException.OfSettings($"{entry.Name} in what was fetched is a link to {target}, outside of the drill's folder");
    }

    static bool IsWithin(DrillFolder folder, string path) =>
        Path.GetFullPath(path).StartsWith(folder.FullPath + "/", StringComparison.Ordinal);

    static long SizeWithin(string directory) =>
        new DirectoryInfo(directory)
            .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Sum(file => file.Length);

    [GeneratedRegex("^[0-9A-F]+/[0-9A-F]+")]
    private static partial Regex Location();
}
