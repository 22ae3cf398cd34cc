using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Drill;

/// <summary>Checks what was restored with the user's own queries, pg_amcheck, and the checksum of every page.</summary>
/// <param name="queries">The user's own queries; null for none.</param>
internal sealed class DrillChecks(DrillOptions options, DrillFolder folder, DrillProgram program, DrillCluster cluster, string? queries)
{
    readonly List<string> _done = [];

    /// <summary>What was checked, in words.</summary>
    public IReadOnlyList<string> Done => _done;

    /// <summary>Runs the checks and leaves the server stopped.</summary>
    /// <param name="hasChecksums">Whether the cluster has page checksums.</param>
    /// <param name="database">The database for the queries.</param>
    /// <exception cref="DrillException">A check fails.</exception>
    public async Task RunAsync(bool hasChecksums, string database, CancellationToken cancellationToken)
    {
        // A dump was loaded into new files, so its pages need no check.
        if (options.Tool != DrillTool.Dump)
        {
            var relations = await new RelationFiles(cluster).CountAsync(cancellationToken);
            _done.Add($"files of {Humanize.Count(relations, "relation")}");
        }

        if (queries is not null)
        {
            var number = await new DrillQueries(cluster, queries, database, LiveServer(database)).AskAsync(cancellationToken);
            _done.Add(number == 1 ? "1 query" : $"{number} queries");
        }

        if (options.Amcheck)
        {
            await AmcheckAsync(cancellationToken);
            _done.Add("pg_amcheck");
        }

        await cluster.StopAsync(cancellationToken);
        if (!hasChecksums)
            return;
        if (cluster.Programs.ProgramOrNull("pg_checksums") is not { } checksums)
        {
            _done.Add($"no checksums (there is no pg_checksums in {cluster.Programs.Directory})");
            return;
        }

        await program.RunAsync(checksums, ["--check", "-D", folder.DataDirectory], cancellationToken);
        _done.Add("checksums");
    }

    /// <summary>
    /// The live server, in the database of the queries. For a dump, in its configured database: the dump was loaded under another name.
    /// </summary>
    ConnectionSettings? LiveServer(string database) =>
        options is { LiveServer: { } liveServer, Tool: not DrillTool.Dump } ? liveServer with { Database = database } : options.LiveServer;

    /// <summary>Without an extension's library, its indexes cannot be read. That says nothing about the indexes.</summary>
    async Task AmcheckAsync(CancellationToken cancellationToken)
    {
        var amcheck = await program.TryAsync(
            cluster.Programs.Require("pg_amcheck"),
            [.. cluster.ClientArguments, "--all", "--install-missing"],
            cancellationToken
        );
        if (amcheck.ExitCode == 0)
            return;
        if (amcheck.ErrorExcerpt.Contains("could not open extension control file", StringComparison.Ordinal))
            throw DrillException.OfSettings(
                $"pg_amcheck: {amcheck.ErrorExcerpt}. The extension amcheck is not installed in {cluster.Programs.Directory} (Debian: "
                    + "postgresql-VERSION has it, RHEL: postgresql-contrib)"
            );
        if (amcheck.ErrorExcerpt.Contains("could not access file", StringComparison.Ordinal))
            throw DrillException.OfSettings(
                $"pg_amcheck: {amcheck.ErrorExcerpt}. The library of an extension is not installed in {cluster.Programs.Directory}: "
                    + "install the extension's package"
            );
        throw DrillException.OfProgram("pg_amcheck", amcheck.ExitCode, amcheck.ErrorExcerpt);
    }
}
