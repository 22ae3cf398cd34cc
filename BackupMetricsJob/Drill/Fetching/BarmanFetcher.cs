using System.Globalization;
using System.Text.Json;

namespace BackupMetricsJob.Drill.Fetching;

/// <summary>Fetches Barman's newest backup of a server, with Barman's WAL; tablespaces go into the drill's own folder.</summary>
internal sealed class BarmanFetcher(DrillOptions options, DrillFolder folder, DrillProgram program)
    : BackupFetcher(options, folder, program)
{
    const string Tool = "barman";

    readonly List<string> _tablespaces = [];
    string _backup = "latest";

    /// <summary>`barman recover` puts WAL into pg_wal or into barman_wal.</summary>
    public override string WalCommand =>
        Directory.Exists(BarmanWal) ? $"cp {ShellText.QuoteForCommand(BarmanWal)}/%f \"%p\"" : base.WalCommand;

    /// <summary>`barman recover` renames the manifest, and edits the settings.</summary>
    public override IReadOnlyList<BackupManifest> Manifests =>
        [
            .. Directory
                .GetFiles(Folder.DataDirectory, BackupManifest.Name + ".*")
                .Take(1)
                .Select(file => new BackupManifest(file, Folder.DataDirectory)
                {
                    Changed =
                    [
                        Path.GetFileName(file),
                        .. (string[])["postgresql.conf", "postgresql.conf.origin", "postgresql.auto.conf.origin"],
                        .. (string[])["pg_hba.conf.origin", "pg_ident.conf.origin", ".barman-recover.info", "barman_wal"],
                    ],
                }),
        ];

    public override string WithoutManifest =>
        $"no {BackupManifest.Name} is in this backup of Barman (backup_method = postgres has one; see barman generate-manifest)";

    string BarmanWal => Path.Combine(Folder.DataDirectory, "barman_wal");

    IReadOnlyList<string> Common => Options.ToolConfig is { } config ? ["-c", Path.GetFullPath(config)] : [];

    public override async Task<BackupFound> InspectAsync(CancellationToken cancellationToken)
    {
        string[] arguments = [.. Common, "-f", "json", "show-backup", Options.Stanza!, "latest"];
        var listed = await Program.TryAsync(Tool, arguments, cancellationToken);
        if (listed.ExitCode != 0)
            throw ToolFaults.Barman.Explain(listed);
        try
        {
            using var json = JsonDocument.Parse(listed.Output);
            if (!json.RootElement.TryGetProperty(Options.Stanza!, out var backup) || !backup.TryGetProperty("backup_id", out var id))
                throw new DrillException($"barman has no backup of {Options.Stanza}: {Program.Words.Extract(listed.Output)}");
            _backup = id.GetString()!;
            var information = backup.GetProperty("base_backup_information");
            if (backup.TryGetProperty("tablespaces", out var tablespaces) && tablespaces.ValueKind == JsonValueKind.Array)
                _tablespaces.AddRange(tablespaces.EnumerateArray().Select(tablespace => tablespace.GetProperty("name").GetString()!));
            return new(
                _backup,
                backup.GetProperty("postgresql_version").GetInt32() / 10000,
                information.TryGetProperty("disk_usage_with_wals_bytes", out var size) ? size.GetInt64() : null,
                information.TryGetProperty("end_time_timestamp", out var end)
                    ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(end.GetString()!, CultureInfo.InvariantCulture))
                    : null
            )
            {
                NewestStored =
                    backup.TryGetProperty("wal_information", out var wal) && wal.TryGetProperty("last_available", out var last)
                        ? last.GetString()
                        : null,
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new DrillException(
                $"barman show-backup says what this program does not understand: {Program.Words.Extract(listed.Output)}"
            );
        }
    }

    public override Task FetchAsync(PostgresPrograms? programs, CancellationToken cancellationToken) =>
        Program.RunAsync(
            Tool,
            [
                .. Common,
                "recover",
                .. _tablespaces.SelectMany((name, i) => (string[])["--tablespace", $"{name}:{Tablespace(i)}"]),
                Options.Stanza!,
                _backup,
                Folder.DataDirectory,
            ],
            cancellationToken
        );

    string Tablespace(int index) => Path.Combine(Folder.TablespaceDirectory, index.ToString(CultureInfo.InvariantCulture));
}
