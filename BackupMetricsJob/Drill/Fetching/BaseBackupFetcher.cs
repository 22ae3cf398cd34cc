using System.Globalization;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Drill.Fetching;

/// <summary>
/// Fetches a directory created by pg_basebackup: plain (copied with cp), tar (unpacked with tar), or a full backup with incremental ones
/// based on it (combined with pg_combinebackup, PostgreSQL 17).
/// </summary>
internal sealed partial class BaseBackupFetcher(DrillOptions options, DrillFolder folder, DrillProgram program)
    : BackupFetcher(options, folder, program)
{
    const string Combine = "pg_combinebackup";

    /// <summary>Files that a server writes and pg_basebackup leaves out. The second remains after the server is stopped.</summary>
    static readonly string[] ServerFiles = ["postmaster.pid", "postmaster.opts"];

    string Newest => Path.GetFullPath(Options.Directories[^1]);

    bool IsPlain => File.Exists(Path.Combine(Newest, "PG_VERSION"));

    /// <summary>
    /// pg_combinebackup combines the existing files and writes a manifest of the result. So each input is verified in its own place.
    /// </summary>
    public override IReadOnlyList<BackupManifest> Manifests =>
        [
            .. Options
                .Directories.Select(Path.GetFullPath)
                .Select(directory => new BackupManifest(
                    Path.Combine(directory, BackupManifest.Name),
                    Options.Directories.Count > 1 ? directory : Folder.DataDirectory
                ))
                .Where(IsThere),
        ];

    public override Task<BackupFound> InspectAsync(CancellationToken cancellationToken)
    {
        foreach (var directory in Options.Directories)
        {
            if (!Directory.Exists(directory))
                throw NamedFiles.Missing("--directory", directory, "directory");
            if (IsOfServer(directory))
                throw DrillException.OfSettings(
                    $"--directory {directory}: is the data directory of a server (it has postmaster.opts, and no backup_label), and no "
                        + "backup: name the directory that pg_basebackup wrote to"
                );
        }

        if (!IsPlain && Tar("base") is null)
            throw new DrillException(
                $"--directory {Newest}: has neither PG_VERSION nor base.tar, so pg_basebackup did not make it{OtherPlace()}"
            );
        DataDirectory.RefuseIncremental(Path.GetFullPath(Options.Directories[0]), $"--directory {Options.Directories[0]}");
        if (!IsPlain && Options.Directories.Count > 1)
            throw DrillException.OfSettings("incremental backups can only be put together where all of them are plain, not tar");
        return Task.FromResult(
            new BackupFound(
                Path.GetFileName(Newest),
                IsPlain ? DataDirectory.Version(Newest) : null,
                // An incremental backup is small until it is combined with the full one.
                Options.Directories.Max(Size),
                // Copied files are newer than the backup; only backup_label tells when it started.
                Finished: null
            )
            {
                Start = IsPlain ? DataDirectory.StartOfBackup(Newest) : null,
            }
        );
    }

    public override async Task FetchAsync(PostgresPrograms? programs, CancellationToken cancellationToken)
    {
        if (Options.Directories.Count > 1)
            await CombineAsync(programs!, cancellationToken);
        else if (IsPlain)
            await CopyAsync(cancellationToken);
        else
            await UnpackAsync(cancellationToken);
    }

    async Task CopyAsync(CancellationToken cancellationToken)
    {
        await CopyAsync(Newest, Folder.DataDirectory, cancellationToken);
        foreach (var (oid, location) in DataDirectory.Tablespaces(Newest))
        {
            var copy = Path.Combine(Folder.TablespaceDirectory, oid);
            Directory.CreateDirectory(copy);
            await CopyAsync(Existing(oid, location), copy, cancellationToken);
            DataDirectory.Link(Path.Combine(Folder.DataDirectory, "pg_tblspc", oid), copy);
        }

        // pg_basebackup --waldir.
        var wal = Path.Combine(Folder.DataDirectory, "pg_wal");
        if (new DirectoryInfo(wal).ResolveLinkTarget(returnFinalTarget: true) is not { } elsewhere)
            return;
        Directory.Delete(wal);
        Directory.CreateDirectory(wal);
        if (elsewhere.Exists)
            await CopyAsync(elsewhere.FullName, wal, cancellationToken);
    }

    Task<ProgramResult> CopyAsync(string from, string to, CancellationToken cancellationToken) =>
        Program.RunAsync("cp", ["-a", from + "/.", to], cancellationToken);

    async Task CombineAsync(PostgresPrograms programs, CancellationToken cancellationToken)
    {
        List<string> arguments = ["-N", "-o", Folder.DataDirectory];
        foreach (var (oid, location) in DataDirectory.Tablespaces(Newest))
            arguments.AddRange(["-T", $"{Existing(oid, location)}={Path.Combine(Folder.TablespaceDirectory, oid)}"]);
        var combined = await Program.TryAsync(
            programs.Require(Combine),
            [.. arguments, .. Options.Directories.Select(Path.GetFullPath)],
            cancellationToken
        );
        if (combined.ExitCode == 0)
            return;
        var hint = combined.ErrorExcerpt.Contains("but expected", StringComparison.Ordinal)
            ? ". Each builds on the one before it: name them in the order in which they were made. Where one is gone, so are those after it"
            : "";
        throw DrillException.OfProgram(Combine, combined.ExitCode, combined.ErrorExcerpt + hint);
    }

    async Task UnpackAsync(CancellationToken cancellationToken)
    {
        await UnpackAsync(Tar("base")!, Folder.DataDirectory, cancellationToken);
        foreach (var (oid, location) in DataDirectory.MappedTablespaces(Folder.DataDirectory))
        {
            var copy = Path.Combine(Folder.TablespaceDirectory, oid);
            Directory.CreateDirectory(copy);
            var tar =
                Tar(oid) ?? throw new DrillException($"the tablespace {oid} ({location}) is missing: there is no {oid}.tar in {Newest}");
            await UnpackAsync(tar, copy, cancellationToken);
            // The manifest names the files this way. Recovery recreates this link from the map.
            DataDirectory.Link(Path.Combine(Folder.DataDirectory, "pg_tblspc", oid), copy);
        }

        if (Tar("pg_wal") is { } wal)
            await UnpackAsync(wal, Path.Combine(Folder.DataDirectory, "pg_wal"), cancellationToken);
    }

    Task<ProgramResult> UnpackAsync(string tar, string to, CancellationToken cancellationToken) =>
        Program.RunAsync("tar", ["-xf", tar, "-C", to], cancellationToken);

    /// <summary>NAME.tar, or NAME.tar.gz and the like.</summary>
    string? Tar(string name) =>
        Directory.GetFiles(Newest, name + ".tar*").FirstOrDefault(file => Path.GetFileName(file).Split('.') is [_, "tar"] or [_, "tar", _]);

    /// <summary>
    /// Whether it is the directory of a server, running or stopped. A backup has a label, even if these files were copied with it.
    /// </summary>
    static bool IsOfServer(string directory) =>
        ServerFiles.Any(file => File.Exists(Path.Combine(directory, file))) && !File.Exists(Path.Combine(directory, DataDirectory.Label));

    /// <summary>What is there instead, or in a subdirectory, in words.</summary>
    string OtherPlace()
    {
        if (File.Exists(Path.Combine(Newest, "toc.dat")))
            return ". It is a dump: use --tool pg_dump --dump";
        var below = Directory
            .EnumerateDirectories(Newest)
            .Where(directory => File.Exists(Path.Combine(directory, "PG_VERSION")) || Directory.GetFiles(directory, "base.tar*").Length > 0)
            .Max(StringComparer.Ordinal);
        return below is null ? "" : $". A backup is in {below}";
    }

    static string Existing(string oid, string location) =>
        Directory.Exists(location)
            ? location
            : throw new DrillException(
                $"the tablespace {oid} is missing: pg_tblspc/{oid} of the backup points to {location}, which is not there"
            );

    static long Size(string directory) =>
        SizeByManifest(Path.Combine(directory, BackupManifest.Name)) ?? DataDirectory.Size(Path.GetFullPath(directory));

    /// <summary>The manifest may be long, and has one line per file.</summary>
    static long? SizeByManifest(string manifest)
    {
        if (!File.Exists(manifest))
            return null;
        var sum = 0L;
        foreach (var line in File.ReadLines(manifest))
        {
            if (FileSize().Match(line) is { Success: true } match)
                sum += long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        }

        return sum;
    }

    [GeneratedRegex(@"""Size"": (\d{1,18})\b")]
    private static partial Regex FileSize();
}
