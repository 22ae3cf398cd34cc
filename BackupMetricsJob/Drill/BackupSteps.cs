using BackupMetricsJob.Backups;
using BackupMetricsJob.Drill.Fetching;

namespace BackupMetricsJob.Drill;

/// <summary>A physical backup: fetched by its tool, and replayed by PostgreSQL.</summary>
internal sealed class BackupSteps(DrillState state) : DrillSteps(state)
{
    readonly BackupFetcher _fetcher = BackupFetcher.Create(state.Options, state.Folder, state.Program);

    protected override async Task PreflightAsync(CancellationToken cancellationToken)
    {
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
        DataDirectory.Check(State.Folder, _fetcher.NeedsLabel);
        State.Bytes = DataDirectory.Size(data);
        if (State.Programs is null)
            await FindProgramsAsync(DataDirectory.Version(data), cancellationToken);
    }

    public override bool Has(DrillPhase phase) => true;

    protected override async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var manifests = _fetcher.Manifests;
        State.Verified =
            manifests.Count == 0
                ? _fetcher.WithoutManifest
                : await new ManifestCheck(State.Program, State.Programs!).RunAsync(manifests, cancellationToken);
    }

    protected override async Task ReplayAsync(CancellationToken cancellationToken)
    {
        DataDirectory.Prepare(State.Folder);
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
            throw StartFailure.Explain(
                e,
                wal.Missing(),
                hasLabel: began is not null,
                DamagedWal.Find(cluster.Log, State.Claim.SegmentSize)
            );
        }

        var missing = wal.CheckItRan();
        var recovered = await Recovered.ReadAsync(cluster, began, cancellationToken);
        State.Recovered = recovered;
        if (State.Claim.SystemIdentifier is { } claimed && claimed != recovered.SystemIdentifier)
            throw new DrillException(
                $"this is a backup of another cluster: its system identifier is {recovered.SystemIdentifier}, the live server's {claimed}"
            );
        if (!State.Options.HasArchive)
            return;
        Compare(recovered, missing);
        if (State.Options.Archive is not null && missing is not null && !cluster.Log.Any(DamagedWal.IsRestored))
            State.NoWal = missing.ToString();
    }

    /// <summary>Compares what was restored with the claim, and with what is stored.</summary>
    void Compare(Recovered recovered, MissingWal? missing)
    {
        var damaged = DamagedWal.Find(State.Cluster!.Log, recovered.SegmentSize);
        State.IncompleteReplay = IncompleteReplay.Find(missing, damaged, State.Claim, recovered.Lsn, State.Found.NewestStored);
        State.Shortfall =
            State.Claim.Shortfall(recovered, State.Found.Finished ?? recovered.BackupBegan, damaged)
            // The extent is unknown, but it is more than nothing.
            ?? (State.IncompleteReplay is null ? null : Claim.MinShortfall);
    }

    /// <summary>Checks --archive, because a wrong one would look like an archive without WAL.</summary>
    void CheckArchive()
    {
        if (State.Options.Archive is not { } archive)
            return;
        if (archive.Contains("%f", StringComparison.Ordinal))
        {
            if (!archive.Contains("%p", StringComparison.Ordinal))
                throw DrillException.OfSettings(
                    $"--archive {archive}: is a restore_command without %p, so it brings no file to PostgreSQL"
                );
            return;
        }

        if (!Directory.Exists(archive))
            throw DrillException.OfSettings(
                $"--archive {archive}: there is no such directory, or this user may not see it (and it is no restore_command with %f and "
                    + "%p)"
            );
        State.Found = State.Found with { NewestStored = NewestSegment(archive) };
        if (State.Found.NewestStored is null)
            throw DrillException.OfSettings(
                $"--archive {archive}: has no file that is named like a segment of WAL (24 hexadecimal digits). Of compressed or nested "
                    + "archives, give a command with %f and %p"
            );
    }

    static string? NewestSegment(string archive) =>
        Directory
            .EnumerateFiles(archive)
            .Select(file => Path.GetFileName(file))
            .Where(name => SegmentName.IsName(name))
            .Max(StringComparer.Ordinal);

    async Task FindProgramsAsync(int version, CancellationToken cancellationToken)
    {
        State.Programs = await PostgresPrograms.FindAsync(State.Program, State.Options.BinDirectory, version, cancellationToken);
        if (State.Options.Amcheck)
            State.Programs.Require("pg_amcheck");
    }
}
