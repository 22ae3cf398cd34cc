using System.Globalization;
using System.Text.Json;

namespace BackupMetricsJob.Drill.Fetching;

/// <summary>pgBackRest's newest backup of a stanza. Nothing of the repository is locked or written, and nothing is logged there.</summary>
internal sealed class PgBackRestFetcher(DrillOptions options, DrillFolder folder, DrillProgram program)
    : BackupFetcher(options, folder, program)
{
    const string Tool = "pgbackrest";

    /// <summary>A status of `info`: missing stanza path.</summary>
    const long MissingStanza = 1;

    // Without it, pgBackRest restores the newest backup of the first repository, whatever another one has.
    IReadOnlyList<string> _chosen = [];

    public override string WalCommand =>
        string.Join(
            ' ',
            [
                Tool,
                .. Arguments
                    .Append("--no-archive-async")
                    .Select(argument => ShellText.Quote(argument).Replace("%", "%%", StringComparison.Ordinal)),
                "archive-get",
                "%f",
                "\"%p\"",
            ]
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
        var listed = await Program.TryAsync(Tool, [.. Common, "info", "--output=json"], cancellationToken);
        // What is wrong with a repository stands in the list. https://github.com/pgbackrest/pgbackrest/blob/main/src/build/error/error.yaml
        if (listed.ExitCode != 0)
            throw listed.ExitCode is 27 or 28 or (>= 30 and <= 37) or 41 or 42 or 48 or 55 or 84
                ? DrillException.OfSettings($"pgbackrest: {listed.LastWords}")
                : DrillException.OfProgram(Tool, listed.ExitCode, listed.LastWords);
        try
        {
            using var list = JsonDocument.Parse(listed.Output);
            return IsMissing(list.RootElement)
                ? throw DrillException.OfSettings(await UnknownStanzaAsync(cancellationToken))
                : Read(list.RootElement);
        }
        catch (JsonException)
        {
            throw new DrillException($"pgbackrest info prints no list, as where a repository is damaged{Passphrase}");
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new DrillException($"pgbackrest info says what this program does not understand: {PlainText.OnOneLine(e.Message)}");
        }
    }

    /// <summary>The repository has no such stanza: then pgBackRest invents one, with this status.</summary>
    bool IsMissing(JsonElement list) =>
        list.EnumerateArray().All(stanza => Name(stanza) != Options.Stanza || StatusCode(stanza) == MissingStanza);

    async Task<string> UnknownStanzaAsync(CancellationToken cancellationToken)
    {
        string[] arguments = [.. Common.Where(argument => !argument.StartsWith("--stanza=", StringComparison.Ordinal))];
        var listed = await Program.RunAsync(Tool, [.. arguments, "info", "--output=json"], cancellationToken);
        using var list = JsonDocument.Parse(listed.Output);
        var names = list.RootElement.EnumerateArray().Where(stanza => StatusCode(stanza) != MissingStanza).Select(Name).ToList();
        return $"pgbackrest knows no stanza {Options.Stanza}: "
            + PlainText.OnOneLine(names.Count == 0 ? "its repository has none" : $"its repository has {string.Join(", ", names)}");
    }

    static string? Name(JsonElement stanza) => stanza.GetProperty("name").GetString();

    static long StatusCode(JsonElement stanza) => stanza.GetProperty("status").GetProperty("code").GetInt64();

    BackupFound Read(JsonElement list)
    {
        foreach (var stanza in list.EnumerateArray())
        {
            if (Name(stanza) != Options.Stanza)
                continue;
            var backups = stanza.GetProperty("backup").EnumerateArray().ToList();
            if (backups.Count == 0 && Status(stanza) is var why)
                throw new DrillException(
                    $"pgbackrest has no backup of the stanza {Options.Stanza}: {why}",
                    DrillException.IsDenied(why) ? DrillFault.Settings : DrillFault.Backup
                );
            var newest = backups.MaxBy(backup => backup.GetProperty("timestamp").GetProperty("stop").GetInt64());
            var (database, repository) = Key(newest.GetProperty("database"), "id");
            var label = newest.GetProperty("label").GetString()!;
            _chosen = HasSeveralRepositories(stanza)
                ? ["--set=" + label, string.Create(CultureInfo.InvariantCulture, $"--repo={repository}")]
                : ["--set=" + label];
            var version = stanza
                .GetProperty("db")
                .EnumerateArray()
                .First(db => Key(db, "id") == (database, repository))
                .GetProperty("version")
                .GetString()!;
            return new(
                label,
                int.Parse(version.Split('.')[0], CultureInfo.InvariantCulture),
                newest.GetProperty("info").GetProperty("size").GetInt64(),
                DateTimeOffset.FromUnixTimeSeconds(newest.GetProperty("timestamp").GetProperty("stop").GetInt64())
            )
            {
                Start =
                    newest.TryGetProperty("lsn", out var lsn) && lsn.TryGetProperty("start", out var start)
                        ? DataDirectory.Lsn(start.GetString()!)
                        : null,
                NewestStored = stanza.TryGetProperty("archive", out var archives)
                    ? archives
                        .EnumerateArray()
                        .Where(archive => Key(archive.GetProperty("database"), "id") == (database, repository))
                        .Select(archive => archive.GetProperty("max").GetString())
                        .FirstOrDefault()
                    : null,
            };
        }

        throw new DrillException($"pgbackrest lists nothing of the stanza {Options.Stanza}");
    }

    /// <summary>The stanza's own status, or what is wrong with a repository: its first line, since ciphertext may follow.</summary>
    string Status(JsonElement stanza)
    {
        var message = stanza.GetProperty("status").GetProperty("message").GetString() ?? "";
        if (message != "other" || !stanza.TryGetProperty("repo", out var repositories))
            return PlainText.OnOneLine(message);
        var ofRepository = repositories
            .EnumerateArray()
            .Select(repository => repository.GetProperty("status").GetProperty("message").GetString() ?? "")
            .FirstOrDefault(words => words is not ("" or "ok"));
        var lines = (ofRepository ?? message).Split('\n');
        var denied = lines.Skip(1).FirstOrDefault(line => line.Contains("Permission denied", StringComparison.Ordinal));
        return Program.Words.Redact(PlainText.OnOneLine(denied is null ? lines[0] : $"{lines[0]} {denied.Trim()}"))
            + (denied is null ? Passphrase : "");
    }

    const string Passphrase = ". Or the repository is encrypted with another passphrase than repo-cipher-pass";

    // --repo came with them.
    static bool HasSeveralRepositories(JsonElement stanza) => stanza.TryGetProperty("repo", out var all) && all.GetArrayLength() > 1;

    // Before 2.32 there was one repository, without a number.
    static (long Id, long Repository) Key(JsonElement database, string id) =>
        (database.GetProperty(id).GetInt64(), database.TryGetProperty("repo-key", out var key) ? key.GetInt64() : 1);

    // A restore empties the spool directory, which is the living server's unless another is named.
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
