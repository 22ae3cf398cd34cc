namespace BackupMetricsJob.Drill.Fetching;

/// <summary>
/// Fetches with any tool: a shell line that writes the data directory named by %d, or by the variable BACKUP_METRICS_DATA.
/// </summary>
internal sealed class CommandFetcher(DrillOptions options, DrillFolder folder, DrillProgram program)
    : BackupFetcher(options, folder, program)
{
    public override bool NeedsLabel => !Options.IsSnapshot;

    public override Task<BackupFound> InspectAsync(CancellationToken cancellationToken) => Task.FromResult(BackupFound.Unknown);

    public override async Task FetchAsync(PostgresPrograms? programs, CancellationToken cancellationToken)
    {
        var line = Options.RestoreCommand!.Replace("%d", ShellWord.Quote(Folder.DataDirectory), StringComparison.Ordinal);
        var result = await Program.TryAsync("/bin/sh", ["-c", line], cancellationToken);
        if (result.ExitCode != 0)
            throw DrillException.OfProgram("--restore-command", result.ExitCode, result.ErrorExcerpt);
    }
}
