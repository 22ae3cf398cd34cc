using BackupMetricsJob.Backups;
using BackupMetricsJob.Drill.Fetching;

namespace BackupMetricsJob.Drill;

/// <summary>A physical backup: fetched by its tool, and replayed by PostgreSQL.</summary>
internal sealed class BackupSteps(DrillState state) : DrillSteps(state)
{
    readonly BackupFetcher _fetcher = BackupFetcher.Create(state.Options, state.Folder, state.Program);

    protected override async Task PreflightAsync(CancellationToken cancellationToken)
    {
        DrillCluster.CheckSocketPath(State.Folder);
        State.Found = await _fetcher.InspectAsync(cancellationToken);
        if (State.Found.Version is { } version)
            await FindProgramsAsync(version, cancellationToken);
        CheckArchive();
        State.CheckSpace();
    }

    protected override async Task FetchAsync(CancellationToken cancellationToken)
    {
        await _fetcher.FetchAsync(State.Programs, cancellationToken);
        var data = State.Folder.DataDirectory;
        State.Start = DataDirectory.StartOfBackup(data);
        DataDirectory.Prepare(State.Folder, _fetcher.NeedsLabel);
        State.Bytes = DataDirectory.Size(data);
        if (State.Programs is null)
            await FindProgramsAsync(DataDirectory.Version(data), cancellationToken);
    }

    protected override async Task ReplayAsync(CancellationToken cancellationToken)
    {
        var cluster = State.CreateCluster();
        var wal = State.Wal = new(State.Folder, State.Program.Words);
        cluster.Configure(wal.Watched(_fetcher.WalCommand));
        var began = DataDirectory.LabelLine(State.Folder.DataDirectory, "START TIME");
        try
        {
            await cluster.StartAsync(cancellationToken);
        }
        catch (StartException e)
        {
            throw StartFailure.Explain(e, wal.Missing(), hasLabel: began is not null);
        }

        State.MissingWal = wal.CheckItRan();
        var recovered = await Recovered.ReadAsync(cluster, began, cancellationToken);
        State.Recovered = recovered;
        if (State.Claim.SystemIdentifier is { } living && living != recovered.SystemIdentifier)
            throw new DrillException(
                $"this is a backup of another cluster: its system identifier is {recovered.SystemIdentifier}, the living server's {living}"
            );
        State.Shortfall = State.Claim.Claim?.Shortfall(recovered, State.Found.Finished ?? recovered.BackupBegan);
    }

    /// <summary>A wrong --archive would look like one whose WAL is gone.</summary>
    void CheckArchive()
    {
        if (State.Options.Archive is not { } archive || archive.Contains("%f", StringComparison.Ordinal))
            return;
        if (!Directory.Exists(archive))
            throw DrillException.OfSettings($"--archive {archive}: there is no such directory, and it is no command with %f");
        if (!Directory.EnumerateFiles(archive).Any(file => SegmentName.IsName(Path.GetFileName(file))))
            throw DrillException.OfSettings(
                $"--archive {archive}: has no file that is named like a segment of WAL (24 hexadecimal digits). Of compressed or nested "
                    + "archives, give a command with %f and %p"
            );
    }

    async Task FindProgramsAsync(int version, CancellationToken cancellationToken)
    {
        State.Programs = await PostgresPrograms.FindAsync(State.Program, State.Options.BinDirectory, version, cancellationToken);
        if (State.Options.Amcheck)
            State.Programs.Require("pg_amcheck");
    }
}
