using BackupMetricsJob.Backups;
using BackupMetricsJob.Drill.Fetching;

namespace BackupMetricsJob.Drill;

/// <summary>The state of one drill: its means, and its findings so far.</summary>
internal sealed class DrillState(DrillOptions options, ClaimResult claim, DrillFolder folder, DrillProgram program) : IDisposable
{
    /// <summary>What PostgreSQL writes at its start: two segments, and its own files.</summary>
    const long StartBytes = 64 << 20;

    /// <summary>During replay, PostgreSQL keeps about max_wal_size of WAL, which is 256 MB, plus the WAL of one checkpoint.</summary>
    const long MaxWalKept = 384 << 20;

    public DrillOptions Options => options;

    public ClaimResult Claim => claim;

    public DrillFolder Folder => folder;

    public DrillProgram Program => program;

    public BackupFound Found { get; set; } = BackupFound.Unknown;

    public PostgresPrograms? Programs { get; set; }

    /// <summary>Null until the cluster is to be started.</summary>
    public DrillCluster? Cluster { get; set; }

    /// <summary>Null until WAL is needed.</summary>
    public WalSource? Wal { get; set; }

    /// <summary>Null until the backup has been restored.</summary>
    public Recovered? Recovered { get; set; }

    public TimeSpan? Shortfall { get; set; }

    public long? Bytes { get; set; }

    /// <summary>The backup's start position in the WAL, in bytes.</summary>
    public long? Start { get; set; }

    /// <summary>The text of the --query file; null for none.</summary>
    public string? Queries { get; set; }

    /// <summary>The database for the queries.</summary>
    public string Database { get; set; } = options.Database;

    /// <summary>What was compared with the backup's manifest, in words.</summary>
    public string? Verified { get; set; }

    public IReadOnlyList<string> Checks { get; private set; } = [];

    public DrillCluster CreateCluster() => Cluster = new(folder, program, Programs!, options);

    /// <summary>Null if replay reached the archive's end, as far as is known.</summary>
    public IncompleteReplay? IncompleteReplay { get; set; }

    /// <summary>The message of restore_command if it delivered no WAL at all; null if it delivered some.</summary>
    public string? NoWal { get; set; }

    /// <exception cref="DrillException">The backup does not fit on the disk.</exception>
    public void CheckSpace()
    {
        if (Found.Size is not { } size)
            return;
        var free = new DriveInfo(folder.FullPath).AvailableFreeSpace;
        var wal = Math.Clamp(claim.Claim?.Lsn - Found.Start ?? 0, 0, MaxWalKept);
        if (size + wal + StartBytes <= free)
            return;
        var ofWal = wal > 0 ? $", {Humanize.Bytes(wal)} of WAL to replay" : "";
        throw new DrillException(
            $"not enough space in {options.WorkDirectory}: {Humanize.Bytes(size)} of backup{ofWal} and {Humanize.Bytes(StartBytes)} for "
                + $"PostgreSQL's own files are {Humanize.Bytes(size + wal + StartBytes)}, but only {Humanize.Bytes(free)} are free. Name a "
                + "larger place with --work-dir",
            DrillFault.Means
        );
    }

    /// <exception cref="DrillException">A check fails.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var checks = new DrillChecks(options, folder, program, Cluster!, Queries);
        Checks = checks.Done;
        await checks.RunAsync(Recovered!.HasChecksums, Database, cancellationToken);
    }

    public void Dispose()
    {
        Cluster?.Dispose();
        folder.Dispose();
    }
}

/// <summary>The work of each phase, which depends on the kind of backup.</summary>
internal abstract class DrillSteps(DrillState state)
{
    protected DrillState State => state;

    public static DrillSteps Create(DrillState state) =>
        state.Options.Tool == DrillTool.Dump ? new DumpSteps(state) : new BackupSteps(state);

    /// <summary>Whether this kind of backup has this phase.</summary>
    public virtual bool Has(DrillPhase phase) => phase != DrillPhase.Verify;

    /// <exception cref="DrillException">The phase fails.</exception>
    public Task RunAsync(DrillPhase phase, CancellationToken cancellationToken) =>
        phase switch
        {
            DrillPhase.Preflight => BeginAsync(cancellationToken),
            DrillPhase.Fetch => FetchAsync(cancellationToken),
            DrillPhase.Verify => VerifyAsync(cancellationToken),
            DrillPhase.Replay => ReplayAsync(cancellationToken),
            DrillPhase.Check => state.CheckAsync(cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
        };

    async Task BeginAsync(CancellationToken cancellationToken)
    {
        DrillCluster.CheckSocketPath(state.Folder);
        state.Queries = await NamedFiles.ReadAsync(state.Options, cancellationToken);
        await PreflightAsync(cancellationToken);
    }

    protected abstract Task PreflightAsync(CancellationToken cancellationToken);

    protected abstract Task FetchAsync(CancellationToken cancellationToken);

    protected virtual Task VerifyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected abstract Task ReplayAsync(CancellationToken cancellationToken);
}
