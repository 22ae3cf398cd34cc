using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Drill;

/// <summary>
/// Checks where a drill creates its folder: never within a data directory, a backup or an archive. The drill would change these, and the
/// next backup would include the folder.
/// </summary>
internal static class WorkPlace
{
    /// <summary>The file or directory that identifies each kind; a star stands for any text.</summary>
    static readonly (string File, string What)[] Signs =
    [
        ("PG_VERSION", "a data directory of PostgreSQL"),
        ("PG_1*", "a tablespace of PostgreSQL"),
        ("PG_2*", "a tablespace of PostgreSQL"),
        (BackupManifest.Name, "a backup"),
        ("base.tar*", "a backup"),
        ("toc.dat", "a dump"),
        ("backup.info", "a backup repository"),
        ("archive.info", "an archive of WAL"),
        ("basebackups_005", "a storage of wal-g"),
        ("wal_005", "a storage of wal-g"),
    ];

    /// <exception cref="DrillException">The directory is within one of these, or does not exist.</exception>
    public static void Check(DrillOptions options)
    {
        var directory = options.WorkDirectory;
        if (!Directory.Exists(directory))
            throw NamedFiles.Missing("--work-dir (or TMPDIR)", directory, "directory");
        var named = Named(options).ToLookup(one => RealPath(one.Path), one => one.What);
        for (var above = RealPath(directory); above is not null; above = Path.GetDirectoryName(above))
        {
            if ((named[above].FirstOrDefault() ?? What(above) ?? RepositoryPlace.What(above)) is { } what)
                throw DrillException.OfSettings(
                    $"{directory} is {(above == RealPath(directory) ? "" : $"within {above}, ")}{what}: nothing is written there. Name "
                        + "another place with --work-dir"
                );
        }
    }

    /// <summary>The directories that contain the backup, according to the settings.</summary>
    static IEnumerable<(string Path, string What)> Named(DrillOptions options) =>
        options
            .Directories.Select(directory => (directory, "the backup of --directory"))
            .Append((options.Archive ?? "", "the archive of --archive"))
            .Append((options.Dump ?? "", "the dump of --dump"))
            .Where(one => Directory.Exists(one.Item1));

    static string? What(string directory)
    {
        try
        {
            var entries = Directory.EnumerateFileSystemEntries(directory).ToList();
            // The first sign decides, not the first file, because each file system has its own order.
            foreach (var (sign, what) in Signs)
            {
                if (entries.Any(path => IsSign(Path.GetFileName(path), sign)))
                    return what;
            }

            return entries.Any(path => SegmentName.IsName(Path.GetFileName(path)) && File.Exists(path)) ? "an archive of WAL" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // An unreadable directory is not searched.
        }
    }

    static bool IsSign(string name, string sign) =>
        sign.EndsWith('*') ? name.StartsWith(sign[..^1], StringComparison.Ordinal) : name == sign;

    /// <summary>The path with links resolved, so that its parents are the real ones.</summary>
    static string RealPath(string path)
    {
        try
        {
            var real = "/";
            foreach (var part in Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                real = Path.Combine(real, part);
                if (Directory.ResolveLinkTarget(real, returnFinalTarget: true) is { } target)
                    real = RealPath(target.FullName);
            }

            return real;
        }
        catch (IOException)
        {
            return Path.GetFullPath(path); // It does not exist, which is reported when the folder is created.
        }
    }
}
