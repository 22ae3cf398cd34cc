using System.Globalization;
using System.Text.Json;

namespace BackupMetricsJob.Drill.Fetching;

/// <summary>
/// Fetches pgBackRest's newest backup of a stanza. Nothing in the repository is locked or written, and pgBackRest writes no log.
/// </summary>
internal sealed class PgBackRestFetcher(DrillOptions options, DrillFolder folder, DrillProgram program)
    : BackupFetcher(options, folder, program)
{
    const string Tool = "pgbackrest";

    // Selects the repository. Without this option, pgBackRest restores the newest backup of the first repository, whatever the others have.
    IReadOnlyList<string> _chosen = [];

    public override string WalCommand =>
        string.Join(
            ' ',
            [Tool, .. Arguments.Append("--no-archive-async").Select(ShellText.QuoteForCommand), "archive-get", "%f", "\"%p\""]
        );

    public override string WithoutManifest => "pgbackrest itself compared each file with the checksum in its manifest";

    IReadOnlyList<string> Common =>
        [
            .. Options.ToolConfig is { } config ? (string[])["--config=" + Path.GetFullPath(config)] : [],
            "--stanza=" + Options.Stanza,
            "--log-level-console=warn",
            "--log-level-file=off",
        ];

    IReadOnlyList<string> Arguments =>
        [.. Common, "--reset-pg1-host", "--pg1-path=" + Folder.DataDirectory, "--lock-path=" + Folder.File("lock")];

    public override async Task<BackupFound> InspectAsync(CancellationToken cancellationToken)
    {
        var stanzas = await ListAsync(Common, cancellationToken);
        try
        {
            if (stanzas.FirstOrDefault(one => one.Name == Options.Stanza && one.Exists) is not { } stanza)
                throw DrillException.OfSettings(await UnknownStanzaAsync(stanzas, cancellationToken));
            var unreadable = stanza.Repositories.Where(one => one.Code == ListedStanza.Unreadable).ToList();
            if (unreadable.Count > 0)
                throw Unreadable(unreadable, stanza.Repositories.Except(unreadable).FirstOrDefault());
            return stanza.Backups.Count > 0
                ? Choose(stanza)
                : throw new DrillException(
                    $"pgbackrest has no backup of the stanza {Options.Stanza}: {await StatusAsync(stanza.Repositories, cancellationToken)}"
                );
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new DrillException($"pgbackrest info says what this program does not understand: {PlainText.OnOneLine(e.Message)}");
        }
    }

    async Task<IReadOnlyList<ListedStanza>> ListAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var listed = await Program.TryAsync(Tool, [.. arguments, "info", "--output=json"], cancellationToken);
        if (listed.ExitCode != 0)
            throw ToolFaults.PgBackRest.Explain(listed);
        try
        {
            return ListedStanza.ReadAll(listed.Output);
        }
        catch (JsonException)
        {
            throw new DrillException("pgbackrest info prints no list: a repository is damaged, or encrypted with another passphrase");
        }
    }

    async Task<string> UnknownStanzaAsync(IReadOnlyList<ListedStanza> invented, CancellationToken cancellationToken)
    {
        var all = await ListAsync(Common.Where(one => !one.StartsWith("--stanza=", StringComparison.Ordinal)), cancellationToken);
        var names = all.Where(stanza => stanza.Exists).Select(stanza => stanza.Name).ToList();
        var where = invented.Count == 0 ? "" : ": " + await StatusAsync(invented[0].Repositories, cancellationToken);
        return PlainText.OnOneLine(
            $"pgbackrest knows no stanza {Options.Stanza}{where}. "
                + (
                    names.Count > 0
                        ? $"It knows {string.Join(", ", names)}"
                        : "Nor has it any other: is that place right (repo1-path), and is it mounted?"
                ),
            2000
        );
    }

    /// <summary>
    /// What is wrong with each repository. pgBackRest names a path only when it reads a file there, so it is made to read one.
    /// </summary>
    async Task<string> StatusAsync(IReadOnlyList<PgBackRestRepository> repositories, CancellationToken cancellationToken)
    {
        var words = new List<string>();
        foreach (var repository in repositories)
        {
            string[] of = repository.Number is { } number ? [RepositoryArgument(number)] : [];
            var file = $"backup/{Options.Stanza}/backup.info";
            var read = await Program.TryAsync(Tool, [.. Common, .. of, "repo-get", file], cancellationToken);
            var why = read.ExitCode == 0 ? "" : $" ({read.ErrorExcerpt})";
            words.Add((repositories.Count > 1 ? $"{repository.Name}: " : "") + repository.Words + why);
        }

        return Program.Words.Redact(string.Join("; ", words));
    }

    /// <summary>The newest backup may be in an unreadable repository, so none from another repository is tested instead.</summary>
    DrillException Unreadable(IReadOnlyList<PgBackRestRepository> unreadable, PgBackRestRepository? other)
    {
        var words = unreadable.Select(one => $"pgbackrest cannot read {one.Name}: {one.Words}{one.Advice}");
        var alone = other is null
            ? ""
            : $". Nothing was restored: with the variable PGBACKREST_REPO={other.Number}, {other.Name} is drilled alone";
        return new(
            Program.Words.Redact(string.Join(". ", words) + alone),
            unreadable.All(one => one.IsDenied) ? DrillFault.Settings : DrillFault.Backup
        );
    }

    BackupFound Choose(ListedStanza stanza)
    {
        var newest = stanza.Backups.MaxBy(backup => backup.GetProperty("timestamp").GetProperty("stop").GetInt64());
        var label = newest.GetProperty("label").GetString()!;
        var repository = ListedStanza.Repository(newest);
        var all = stanza.Repositories;
        _chosen = all.Count > 1 ? ["--set=" + label, RepositoryArgument(repository)] : ["--set=" + label];
        return new(
            label,
            stanza.Version(newest),
            newest.GetProperty("info").GetProperty("size").GetInt64(),
            DateTimeOffset.FromUnixTimeSeconds(newest.GetProperty("timestamp").GetProperty("stop").GetInt64())
        )
        {
            Start =
                newest.TryGetProperty("lsn", out var lsn) && lsn.TryGetProperty("start", out var start)
                    ? DataDirectory.Lsn(start.GetString()!)
                    : null,
            NewestStored = stanza.NewestSegment(newest),
            Place = all.Count > 1 ? Place(all.First(one => one.Number == repository), all) : null,
        };
    }

    /// <summary>The repository that is restored from, and what is wrong with the others.</summary>
    static string Place(PgBackRestRepository chosen, IReadOnlyList<PgBackRestRepository> all)
    {
        var wrong = all.Where(one => one.Code != 0).Select(one => $"{one.Name}: {one.Words}").ToList();
        return chosen.Name + (wrong.Count == 0 ? "" : $" ({string.Join(", ", wrong)})");
    }

    static string RepositoryArgument(long number) => string.Create(CultureInfo.InvariantCulture, $"--repo={number}");

    // A restore empties the spool directory. That is the live server's, unless another one is given.
    public override Task FetchAsync(PostgresPrograms? programs, CancellationToken cancellationToken) =>
        Program.RunAsync(
            Tool,
            [
                .. Arguments,
                .. _chosen,
                "--spool-path=" + Folder.File("spool"),
                "--tablespace-map-all=" + Folder.TablespaceDirectory,
                "restore",
            ],
            cancellationToken
        );
}
