namespace BackupMetricsJob.Drill.Fetching;

/// <summary>What is known of a backup before it is fetched; null is unknown.</summary>
/// <param name="Id">The tool's name for it.</param>
/// <param name="Version">PostgreSQL's major version.</param>
/// <param name="Size">Bytes that it takes when restored.</param>
/// <param name="Finished">When it finished.</param>
internal sealed record BackupFound(string? Id, int? Version, long? Size, DateTimeOffset? Finished)
{
    /// <summary>Where it begins in the WAL, in bytes.</summary>
    public long? Start { get; init; }

    /// <summary>The newest segment of WAL that is stored, by the archive's own word.</summary>
    public string? NewestStored { get; init; }

    /// <summary>Which of several places it is restored from, in words; null where there is one.</summary>
    public string? Place { get; init; }

    public static BackupFound Unknown { get; } = new(null, null, null, null);
}

/// <summary>Fetches the newest backup with the programs of the tool that made it, and only reads where it is stored.</summary>
/// <param name="options">What is drilled.</param>
/// <param name="folder">The drill's folder, the only one that is written to.</param>
/// <param name="program">Runs the tool.</param>
internal abstract class BackupFetcher(DrillOptions options, DrillFolder folder, DrillProgram program)
{
    protected DrillOptions Options => options;

    protected DrillFolder Folder => folder;

    protected DrillProgram Program => program;

    /// <summary>
    /// PostgreSQL's restore_command: where WAL comes from. Without an archive, a command that finds nothing: then the WAL in the backup is
    /// all there is.
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

    /// <summary>The lists of files that came with what was fetched; empty where there is none.</summary>
    public virtual IReadOnlyList<BackupManifest> Manifests =>
        [.. new[] { new BackupManifest(Path.Combine(Folder.DataDirectory, BackupManifest.Name), Folder.DataDirectory) }.Where(IsThere)];

    /// <summary>What vouches for its files where there is no such list, in words.</summary>
    public virtual string WithoutManifest => $"no {BackupManifest.Name} came with it, so its files are looked for, and not compared";

    /// <summary>Finds the backup, before anything is fetched.</summary>
    /// <exception cref="DrillException">There is none, or it cannot be read.</exception>
    public abstract Task<BackupFound> InspectAsync(CancellationToken cancellationToken);

    /// <summary>Writes the data directory.</summary>
    /// <param name="programs">PostgreSQL's programs; null where the version is not known yet.</param>
    /// <exception cref="DrillException">It cannot.</exception>
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
