namespace BackupMetricsJob.Drill;

/// <summary>The phases for a dump: the fetch creates a new cluster, the replay loads the dump.</summary>
internal sealed class DumpSteps(DrillState state) : DrillSteps(state)
{
    readonly DumpLoader _loader = new(state.Options, state.Folder, state.Program);

    protected override async Task PreflightAsync(CancellationToken cancellationToken)
    {
        State.Found = await _loader.InspectAsync(cancellationToken);
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
        try
        {
            await cluster.StartAsync(cancellationToken);
        }
        catch (StartException e)
        {
            // The cluster is new and contains nothing from the backup yet.
            throw new DrillException(StartFailure.Explain(e, [], hasLabel: true).Message, DrillFault.Settings);
        }
    }

    protected override async Task ReplayAsync(CancellationToken cancellationToken)
    {
        await _loader.LoadAsync(State.Cluster!, cancellationToken);
        State.Database = _loader.Database;
        State.Recovered = await Recovered.ReadAsync(State.Cluster!, began: null, cancellationToken);
        State.Bytes = DataDirectory.Size(State.Folder.DataDirectory);
    }
}
