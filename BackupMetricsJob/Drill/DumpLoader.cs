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

/// <summary>A dump: what it is, and how it is loaded into a new database of a new cluster. Any error ends it.</summary>
internal sealed partial class DumpLoader(DrillOptions options, DrillFolder folder, DrillProgram program)
{
    /// <summary>The database that it is loaded into.</summary>
    public const string Database = "drill";

    const int TrailerLength = 4096;

    static readonly UTF8Encoding Utf8 = new(false);

    DumpForm _form;

    string Dump => Path.GetFullPath(options.Dump!);

    /// <exception cref="DrillException">It is not there, is empty, or its end is missing.</exception>
    public BackupFound Inspect()
    {
        try
        {
            var isDirectory = Directory.Exists(Dump);
            if (isDirectory && !File.Exists(Path.Combine(Dump, "toc.dat")))
                throw new DrillException($"--dump {Dump}: a directory of pg_dump has a file toc.dat, which is not there");
            var size = isDirectory ? DataDirectory.Size(Dump) : new FileInfo(Dump).Length;
            if (size == 0)
                throw new DrillException($"--dump {Dump}: is empty");
            _form = isDirectory || IsArchive() ? DumpForm.Archive : DumpForm.Plain;
            // psql does not notice that a dump ends early: it runs what is there.
            if (_form == DumpForm.Plain && !Trailer().Contains("dump complete", StringComparison.Ordinal))
                throw new DrillException(
                    $"--dump {Dump}: does not end with \"PostgreSQL database dump complete\": it is cut off, or not a dump"
                );
            return new(Path.GetFileName(Dump), null, size, File.GetLastWriteTimeUtc(isDirectory ? Path.Combine(Dump, "toc.dat") : Dump));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DrillException($"--dump {Dump}: {e.Message}");
        }
    }

    /// <summary>Makes the cluster that it is loaded into.</summary>
    public async Task InitializeAsync(PostgresPrograms programs, CancellationToken cancellationToken)
    {
        Directory.Delete(folder.DataDirectory);
        await program.RunAsync(
            programs.Require("initdb"),
            [.. (string[])["-D", folder.DataDirectory, "-U", options.Superuser, "-A", "trust"], "-E", "UTF8", "--locale=C", "--no-sync"],
            cancellationToken
        );
    }

    public async Task LoadAsync(DrillCluster cluster, CancellationToken cancellationToken)
    {
        var psql = cluster.Programs.Require("psql");
        await SqlAsync($"CREATE DATABASE {Database} TEMPLATE template0", "postgres");
        if (_form == DumpForm.Archive)
        {
            // Roles and tablespaces are no part of a dump.
            await program.RunAsync(
                cluster.Programs.Require("pg_restore"),
                [.. cluster.ClientArguments, "--exit-on-error", "--no-owner", "--no-privileges", "--no-tablespaces", "-d", Database, Dump],
                cancellationToken
            );
            return;
        }

        var (roles, tablespaces) = await NamesAsync(cancellationToken);
        foreach (var role in roles)
            await SqlAsync($"CREATE ROLE {role}", "postgres");
        foreach (var tablespace in tablespaces)
        {
            var location = Directory.CreateDirectory(Path.Combine(folder.TablespaceDirectory, Guid.NewGuid().ToString("N"))).FullName;
            await SqlAsync(
                $"CREATE TABLESPACE {tablespace} LOCATION '{location.Replace("'", "''", StringComparison.Ordinal)}'",
                "postgres"
            );
        }

        await program.RunAsync(
            psql,
            [.. cluster.ClientArguments, .. (string[])["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", Database, "-f", Dump]],
            cancellationToken
        );

        Task<ProgramResult> SqlAsync(string sql, string database) =>
            program.RunAsync(
                psql,
                [.. cluster.ClientArguments, .. (string[])["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]],
                cancellationToken
            );
    }

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

    /// <summary>
    /// The roles and tablespaces that a plain dump names, as they are spelled in it; those of the new cluster are there already.
    /// </summary>
    async Task<(HashSet<string> Roles, HashSet<string> Tablespaces)> NamesAsync(CancellationToken cancellationToken)
    {
        var (roles, tablespaces) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        await foreach (var line in File.ReadLinesAsync(Dump, Utf8, cancellationToken))
        {
            if (RoleName().Match(line) is { Success: true } role)
                roles.Add(role.Groups[1].Value);
            else if (TablespaceName().Match(line) is { Success: true } tablespace)
                tablespaces.Add(tablespace.Groups[1].Value);
        }

        roles.RemoveWhere(role =>
            role is "PUBLIC" or "CURRENT_USER" or "SESSION_USER"
            || role.Trim('"') == options.Superuser
            || role.StartsWith("pg_", StringComparison.Ordinal)
        );
        return (roles, tablespaces);
    }

    [GeneratedRegex(@"^SET default_tablespace = (""(?:[^""]|"""")+""|[a-z_][a-z_0-9$]*);$")]
    private static partial Regex TablespaceName();

    [GeneratedRegex(@"^(?:ALTER .* OWNER TO|GRANT .* TO|REVOKE .* FROM) (""(?:[^""]|"""")+""|[a-z_0-9$]+|PUBLIC)(?: WITH GRANT OPTION)?;$")]
    private static partial Regex RoleName();
}
