namespace BackupMetricsJob.Drill.Fetching;

/// <summary>The facts about a backup before it is fetched; null is unknown.</summary>
/// <param name="Id">The tool's name of the backup.</param>
/// <param name="Version">PostgreSQL's major version.</param>
/// <param name="Size">The size in bytes after a restore.</param>
/// <param name="Finished">When the backup finished.</param>
internal sealed record BackupFound(string? Id, int? Version, long? Size, DateTimeOffset? Finished)
{
    /// <summary>The backup's start position in the WAL, in bytes.</summary>
    public long? Start { get; init; }

    /// <summary>The newest stored WAL segment, according to the archive itself.</summary>
    public string? NewestStored { get; init; }

    /// <summary>Which of several places it is restored from, in words; null if there is only one.</summary>
    public string? Place { get; init; }

    public static BackupFound Unknown { get; } = new(null, null, null, null);
}

/// <summary>Fetches the newest backup with the programs of the tool that made it. The storage is only read.</summary>
/// <param name="options">What to drill.</param>
/// <param name="folder">The drill's folder, the only one that is written to.</param>
/// <param name="program">Runs the tool.</param>
internal abstract class BackupFetcher(DrillOptions options, DrillFolder folder, DrillProgram program)
{
    protected DrillOptions Options => options;

    protected DrillFolder Folder => folder;

    protected DrillProgram Program => program;

    /// <summary>
    /// PostgreSQL's restore_command. Without an archive, a command that finds nothing, so that only the WAL in the backup is replayed.
    /// </summary>
    public virtual string WalCommand =>
        options.Archive switch
        {
            null => "echo 'no --archive was given' >&2; false",
            { } command when command.Contains("%f", StringComparison.Ordinal) => command,
            { } directory => $"cp {ShellText.QuoteForCommand(Path.GetFullPath(directory))}/%f \"%p\"",
        };

    /// <summary>Whether a restored data directory without backup_label is incomplete.</summary>
    public virtual bool NeedsLabel => true;

    /// <summary>The manifests that came with the backup; empty if there are none.</summary>
    public virtual IReadOnlyList<BackupManifest> Manifests =>
        [.. new[] { new BackupManifest(Path.Combine(Folder.DataDirectory, BackupManifest.Name), Folder.DataDirectory) }.Where(IsThere)];

    /// <summary>What checks the files if there is no manifest, in words.</summary>
    public virtual string WithoutManifest => $"no {BackupManifest.Name} came with it, so its files are looked for, and not compared";

    /// <summary>Finds the backup, before anything is fetched.</summary>
    /// <exception cref="DrillException">There is no backup, or it cannot be read.</exception>
    public abstract Task<BackupFound> InspectAsync(CancellationToken cancellationToken);

    /// <summary>Writes the data directory.</summary>
    /// <param name="programs">PostgreSQL's programs; null if the version is not known yet.</param>
    /// <exception cref="DrillException">The backup cannot be fetched.</exception>
    public abstract Task FetchAsync(PostgresPrograms? programs, CancellationToken cancellationToken);

    protected static bool IsThere(BackupManifest manifest) => File.Exists(manifest.File);

    public static BackupFetcher Create(DrillOptions options, DrillFolder folder, DrillProgram program) =>
        options.Tool switch
        {
            DrillTool.BaseBackup => new BaseBackupFetcher(options, folder, program),
            DrillTool.PgBackRest => new PgBackRestFetcher(options, folder, program),
            DrillTool.Barman => new BarmanFetcher(options, folder, program),
            DrillTool.WalG => new WalGFetcher(options, folder, program),
            DrillTool.Command => new CommandFetcher(options, folder, program),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Tool, null),
        };
}
