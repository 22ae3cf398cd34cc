using System.Globalization;
using System.Text.Json;

namespace BackupMetricsJob.Drill.Fetching;

/// <summary>
/// Fetches wal-g's newest backup. A backup with tablespaces is refused: `wal-g backup-fetch` writes these to their original paths, which
/// may be the live server's.
/// </summary>
internal sealed class WalGFetcher(DrillOptions options, DrillFolder folder, DrillProgram program) : BackupFetcher(options, folder, program)
{
    const string Tool = "wal-g";

    string _backup = "LATEST";

    public override string WalCommand
    {
        get
        {
            var arguments = Common.Select(ShellText.QuoteForCommand);
            return string.Join(' ', [Tool, .. arguments, "wal-fetch", "%f", "\"%p\""]);
        }
    }

    IReadOnlyList<string> Common => Options.ToolConfig is { } config ? ["--config", Path.GetFullPath(config)] : [];

    public override async Task<BackupFound> InspectAsync(CancellationToken cancellationToken)
    {
        var listed = await Program.TryAsync(Tool, [.. Common, "backup-list", "--detail", "--json"], cancellationToken);
        if (listed.ExitCode != 0)
            throw ToolFaults.WalG.Explain(listed);
        try
        {
            using var list = JsonDocument.Parse(listed.Output);
            var backups = list.RootElement.EnumerateArray().ToList();
            if (backups.Count == 0)
                throw new DrillException("wal-g lists no backup");
            var newest = backups.MaxBy(backup => backup.GetProperty("finish_time").GetDateTimeOffset());
            _backup = newest.GetProperty("backup_name").GetString()!;
            await RefuseTablespacesAsync(cancellationToken);
            var version = newest.GetProperty("pg_version").GetInt32();
            return new(
                _backup,
                version > 0 ? version / 10000 : null,
                newest.TryGetProperty("uncompressed_size", out var size) && size.GetInt64() > 0 ? size.GetInt64() : null,
                newest.GetProperty("finish_time").GetDateTimeOffset()
            );
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new DrillException($"wal-g says what this program does not understand: {PlainText.OnOneLine(e.Message)}");
        }
    }

    // https://github.com/wal-g/wal-g/blob/master/internal/databases/postgres/tablespace_spec.go
    async Task RefuseTablespacesAsync(CancellationToken cancellationToken)
    {
        var sentinel = $"basebackups_005/{_backup}_backup_stop_sentinel.json";
        var listed = await Program.RunAsync(Tool, [.. Common, "st", "cat", sentinel], cancellationToken);
        using var json = JsonDocument.Parse(listed.Output);
        if (
            json.RootElement.TryGetProperty("Spec", out var spec)
            && spec.ValueKind == JsonValueKind.Object
            && spec.TryGetProperty("tablespaces", out var names)
            && names.GetArrayLength() > 0
        )
            throw DrillException.OfSettings(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_backup} has {names.GetArrayLength()} tablespaces, which wal-g would write to where they were: "
                ) + "use --tool command with a wal-g backup-fetch --restore-spec of your own"
            );
    }

    public override Task FetchAsync(PostgresPrograms? programs, CancellationToken cancellationToken) =>
        Program.RunAsync(Tool, [.. Common, "backup-fetch", Folder.DataDirectory, _backup], cancellationToken);
}
