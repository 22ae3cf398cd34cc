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
        if (State.Options.Archive is { } archive && !archive.Contains("%f", StringComparison.Ordinal) && !Directory.Exists(archive))
            throw new DrillException($"--archive {archive}: there is no such directory, and it is no command with %f");
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
        cluster.Configure(_fetcher.WalCommand);
        await cluster.StartAsync(cancellationToken);
        var recovered = await Recovered.ReadAsync(cluster, cancellationToken);
        State.Recovered = recovered;
        if (State.Claim.SystemIdentifier is { } living && living != recovered.SystemIdentifier)
            throw new DrillException(
                $"this is a backup of another cluster: its system identifier is {recovered.SystemIdentifier}, the living server's {living}"
            );
        State.Shortfall = State.Claim.Claim?.Shortfall(recovered, State.Found.Finished);
    }

    async Task FindProgramsAsync(int version, CancellationToken cancellationToken)
    {
        State.Programs = await PostgresPrograms.FindAsync(State.Program, State.Options.BinDirectory, version, cancellationToken);
        if (State.Options.Amcheck)
            State.Programs.Require("pg_amcheck");
    }
}
