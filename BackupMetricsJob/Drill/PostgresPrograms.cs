using System.Globalization;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Drill;

/// <summary>PostgreSQL's programs of one major version, in one directory.</summary>
internal sealed partial record PostgresPrograms(string Directory, int Version)
{
    /// <summary>The oldest version that uses recovery.signal.</summary>
    const int OldestVersion = 12;

    const int NewestLookedFor = 40;

    static readonly string[] OfAnyVersion = ["/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"];

    /// <summary>The programs needed to load a dump.</summary>
    public static IReadOnlyList<string> DumpPrograms { get; } = ["postgres", "initdb", "psql", "pg_restore"];

    public string Postgres => Program("postgres");

    public string Program(string name) => Path.Combine(Directory, name);

    /// <summary>The path of a program; null if this installation does not have it.</summary>
    public string? ProgramOrNull(string name) => File.Exists(Program(name)) ? Program(name) : null;

    /// <exception cref="DrillException">This installation does not have the program.</exception>
    public string Require(string name) =>
        ProgramOrNull(name)
        ?? throw DrillException.OfSettings($"there is no {name} in {Directory}: install PostgreSQL {Version}'s programs there");

    /// <summary>Finds the programs of exactly this version.</summary>
    /// <exception cref="DrillException">There are none, or those in --bin-dir have another version.</exception>
    public static async Task<PostgresPrograms> FindAsync(
        DrillProgram program,
        string? given,
        int version,
        CancellationToken cancellationToken
    )
    {
        if (version < OldestVersion)
            throw DrillException.OfSettings($"the backup is of PostgreSQL {version}; a drill needs {OldestVersion} or newer");
        if (given is not null)
        {
            var programs = await OfAsync(program, given, cancellationToken);
            return programs.Version == version
                ? programs
                : throw DrillException.OfSettings(
                    $"the backup is of PostgreSQL {version}, but --bin-dir {given} has version {programs.Version}: a cluster can only be "
                        + "started by its own major version"
                );
        }

        foreach (var directory in OfVersion(version).Concat(OfAnyVersion))
        {
            if (
                File.Exists(Path.Combine(directory, "postgres"))
                && (await OfAsync(program, directory, cancellationToken)).Version == version
            )
                return new(directory, version);
        }

        throw DrillException.OfSettings(
            $"no programs of PostgreSQL {version}, the backup's version, were found: install them (Debian: apt-get install "
                + $"postgresql-{version}), or name their directory with --bin-dir"
        );
    }

    /// <summary>Finds the newest programs that can load a dump: a newer version can load it, too.</summary>
    public static async Task<PostgresPrograms> FindNewestAsync(DrillProgram program, string? given, CancellationToken cancellationToken)
    {
        if (given is not null)
            return await OfAsync(program, given, cancellationToken);
        var candidates = Enumerable.Range(0, NewestLookedFor).SelectMany(older => OfVersion(NewestLookedFor - older)).Concat(OfAnyVersion);
        foreach (var directory in candidates)
        {
            if (DumpPrograms.All(name => File.Exists(Path.Combine(directory, name))))
                return await OfAsync(program, directory, cancellationToken);
        }

        throw DrillException.OfSettings(
            $"no directory with {string.Join(", ", DumpPrograms)} was found: install PostgreSQL, or name the directory with --bin-dir"
        );
    }

    static IEnumerable<string> OfVersion(int version) =>
        [
            $"/usr/lib/postgresql/{version}/bin",
            $"/usr/pgsql-{version}/bin",
            $"/usr/lib/postgresql{version}/bin",
            $"/usr/libexec/postgresql{version}",
            $"/opt/homebrew/opt/postgresql@{version}/bin",
        ];

    static async Task<PostgresPrograms> OfAsync(DrillProgram program, string directory, CancellationToken cancellationToken)
    {
        var postgres = Path.Combine(Path.GetFullPath(directory), "postgres");
        if (!File.Exists(postgres))
            throw DrillException.OfSettings($"--bin-dir {directory}: there is no program postgres in it");
        var version = await program.RunAsync(postgres, ["--version"], cancellationToken);
        return Major().Match(version.Output) is { Success: true } match
            ? new(Path.GetFullPath(directory), int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            : throw DrillException.OfSettings($"{postgres} --version says {PlainText.OnOneLine(version.Output)}, which names no version");
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex Major();
}
