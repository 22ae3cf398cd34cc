using System.Text;
using System.Text.RegularExpressions;
using BackupMetricsJob.Drill.Fetching;

namespace BackupMetricsJob.Drill;

/// <summary>The form of a dump.</summary>
internal enum DumpForm
{
    /// <summary>pg_dump's custom, directory or tar format, for pg_restore.</summary>
    Archive,

    /// <summary>SQL, for psql.</summary>
    Plain,
}

/// <summary>A dump: determines its format, and loads it into a new database of a new cluster. Any error ends the load.</summary>
internal sealed partial class DumpLoader(DrillOptions options, DrillFolder folder, DrillProgram program)
{
    /// <summary>The database created for the dump, unless the dump creates one itself (pg_dump --create, as text).</summary>
    const string OwnDatabase = "drill";

    const string Maintenance = "template1";

    const int TrailerLength = 4096;

    static readonly UTF8Encoding Utf8 = new(false);

    DumpForm _form;
    PlainDump _plain = PlainDump.Empty;

    /// <summary>The database that has its tables after loading.</summary>
    public string Database => _plain.Database is { } name ? PlainDump.Unquoted(name) : OwnDatabase;

    string Dump => Path.GetFullPath(options.Dump!);

    /// <exception cref="DrillException">The dump is missing, empty or truncated.</exception>
    public async Task<BackupFound> InspectAsync(CancellationToken cancellationToken)
    {
        try
        {
            var isDirectory = Directory.Exists(Dump);
            if (!isDirectory && !File.Exists(Dump))
                throw NamedFiles.Missing("--dump", Dump, "file or directory");
            if (isDirectory && !File.Exists(Path.Combine(Dump, "toc.dat")))
                throw new DrillException($"--dump {Dump}: a directory of pg_dump has a file toc.dat, which is not there");
            var size = isDirectory ? DataDirectory.Size(Dump) : new FileInfo(Dump).Length;
            if (size == 0)
                throw new DrillException($"--dump {Dump}: is empty");
            _form = isDirectory || IsArchive() ? DumpForm.Archive : DumpForm.Plain;
            // psql does not notice that a dump is truncated: it runs what is there.
            if (_form == DumpForm.Plain && !Trailer().Contains("dump complete", StringComparison.Ordinal))
                throw new DrillException(
                    $"--dump {Dump}: does not end with \"PostgreSQL database dump complete\": it is cut off, or not a dump"
                );
            if (_form == DumpForm.Plain)
                _plain = await PlainDump.ReadAsync(Dump, options.Superuser, cancellationToken);
            return new(Path.GetFileName(Dump), null, size, File.GetLastWriteTimeUtc(isDirectory ? Path.Combine(Dump, "toc.dat") : Dump));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DrillException(
                $"--dump {Dump}: {e.Message}",
                e is UnauthorizedAccessException ? DrillFault.Settings : DrillFault.Backup
            );
        }
    }

    /// <summary>Creates the cluster that the dump is loaded into.</summary>
    public async Task InitializeAsync(PostgresPrograms programs, CancellationToken cancellationToken)
    {
        Directory.Delete(folder.DataDirectory);
        await program.RunAsync(
            programs.Require("initdb"),
            [.. (string[])["-D", folder.DataDirectory, "-U", options.Superuser, "-A", "trust"], "-E", "UTF8", "--locale=C", "--no-sync"],
            cancellationToken
        );
    }

    public Task LoadAsync(DrillCluster cluster, CancellationToken cancellationToken) =>
        _form == DumpForm.Archive ? LoadArchiveAsync(cluster, cancellationToken) : LoadPlainAsync(cluster, cancellationToken);

    async Task LoadArchiveAsync(DrillCluster cluster, CancellationToken cancellationToken)
    {
        await SqlAsync(cluster, $"CREATE DATABASE {OwnDatabase} TEMPLATE template0", cancellationToken);
        // Roles and tablespaces are not part of a dump.
        await LoadAsync(
            cluster,
            "pg_restore",
            ["--exit-on-error", "--no-owner", "--no-privileges", "--no-tablespaces", "-d", OwnDatabase, Dump],
            cancellationToken
        );
    }

    async Task LoadPlainAsync(DrillCluster cluster, CancellationToken cancellationToken)
    {
        // A dump that creates its database must not find it, and one that drops it first must find it.
        if (_plain.Database is null)
            await SqlAsync(cluster, $"CREATE DATABASE {OwnDatabase} TEMPLATE template0", cancellationToken);
        else if (!_plain.DropsDatabase)
            await SqlAsync(cluster, $"DROP DATABASE IF EXISTS {_plain.Database}", cancellationToken);
        else if (PlainDump.Unquoted(_plain.Database) != "postgres")
            await SqlAsync(cluster, $"CREATE DATABASE {_plain.Database} TEMPLATE template0", cancellationToken);
        foreach (var role in _plain.Roles)
            await SqlAsync(cluster, $"CREATE ROLE {role}", cancellationToken);
        foreach (var tablespace in _plain.Tablespaces)
        {
            var location = Directory.CreateDirectory(Path.Combine(folder.TablespaceDirectory, Guid.NewGuid().ToString("N"))).FullName;
            await SqlAsync(
                cluster,
                $"CREATE TABLESPACE {tablespace} LOCATION '{location.Replace("'", "''", StringComparison.Ordinal)}'",
                cancellationToken
            );
        }

        await LoadAsync(
            cluster,
            "psql",
            [.. (string[])["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", _plain.Database is null ? OwnDatabase : Maintenance, "-f", Dump]],
            cancellationToken
        );
    }

    /// <summary>Loads a part of the dump. An extension that is not installed here says nothing about the dump.</summary>
    async Task LoadAsync(DrillCluster cluster, string name, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await program.TryAsync(cluster.Programs.Require(name), [.. cluster.ClientArguments, .. arguments], cancellationToken);
        if (result.ExitCode == 0)
            return;
        if (MissingExtension().IsMatch(result.ErrorExcerpt))
            throw DrillException.OfSettings(
                $"{name}: {result.ErrorExcerpt}. An extension of the dump is not installed in {cluster.Programs.Directory}: "
                    + "install its package"
            );
        throw DrillException.OfProgram(name, result.ExitCode, result.ErrorExcerpt);
    }

    Task<ProgramResult> SqlAsync(DrillCluster cluster, string sql, CancellationToken cancellationToken) =>
        program.RunAsync(
            cluster.Programs.Require("psql"),
            [.. cluster.ClientArguments, .. (string[])["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", Maintenance, "-c", sql]],
            cancellationToken
        );

    bool IsArchive()
    {
        using var file = File.OpenRead(Dump);
        var start = new byte[512];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var text = Encoding.Latin1.GetString(start, 0, length);
        return text.StartsWith("PGDMP", StringComparison.Ordinal) || text.StartsWith("toc.dat\0", StringComparison.Ordinal);
    }

    string Trailer()
    {
        using var file = File.OpenRead(Dump);
        file.Seek(-Math.Min(TrailerLength, file.Length), SeekOrigin.End);
        using var reader = new StreamReader(file, Utf8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("could not open extension control file|extension \"[^\"]*\" is not available|could not access file")]
    private static partial Regex MissingExtension();
}
