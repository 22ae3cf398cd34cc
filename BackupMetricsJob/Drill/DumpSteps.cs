namespace BackupMetricsJob.Drill;

/// <summary>A dump: the fetch is a new cluster, the replay is the loading.</summary>
internal sealed class DumpSteps(DrillState state) : DrillSteps(state)
{
    readonly DumpLoader _loader = new(state.Options, state.Folder, state.Program);

    protected override async Task PreflightAsync(CancellationToken cancellationToken)
    {
        DrillCluster.CheckSocketPath(State.Folder);
        State.Found = _loader.Inspect();
        State.Programs = await PostgresPrograms.FindNewestAsync(State.Program, State.Options.BinDirectory, cancellationToken);
        foreach (var name in PostgresPrograms.DumpPrograms.Concat(State.Options.Amcheck ? ["pg_amcheck"] : []))
            State.Programs.Require(name);
        State.CheckSpace();
    }

    protected override async Task FetchAsync(CancellationToken cancellationToken)
    {
        await _loader.InitializeAsync(State.Programs!, cancellationToken);
        var cluster = State.CreateCluster();
        cluster.Configure(walCommand: null);
        await cluster.StartAsync(cancellationToken);
    }

    protected override async Task ReplayAsync(CancellationToken cancellationToken)
    {
        await _loader.LoadAsync(State.Cluster!, cancellationToken);
        State.Recovered = await Recovered.ReadAsync(State.Cluster!, cancellationToken);
        State.Bytes = DataDirectory.Size(State.Folder.DataDirectory);
    }
}
