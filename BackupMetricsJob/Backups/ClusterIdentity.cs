namespace BackupMetricsJob.Backups;

/// <summary>
/// Checks whether backups belong to the server's cluster. The name proves nothing: pg_upgrade and initdb create another cluster under the
/// same name, and its WAL does not fit the old backups. Nothing is concluded unless both identities are known.
/// </summary>
internal static class ClusterIdentity
{
    const int MajorVersion = 10000;

    const string TakeOne =
        "Take a full backup of this server. If the backups are another server's, import its list under another name: "
        + "backup-metrics import TOOL --server NAME.";

    /// <summary>
    /// Removes backups of other clusters from a result, and reports them as a failure of the source. The last failure and the running
    /// backup stay, because they may well belong to this cluster.
    /// </summary>
    public static ProbeResult WithoutOtherClusters(ProbeResult result)
    {
        if (result.Server is not { } server)
            return result;
        var foreign = result.Backups.Where(backup => IsOfAnother(backup, server)).ToList();
        if (foreign.Count == 0)
            return result;
        var failures = foreign
            .DistinctBy(backup => backup.Source)
            .Select(backup => new SourceFailure(backup.Source, Failure(result.Instance.Name, backup, server)))
            .ToList();
        return result with
        {
            // The target's own source failed, so its probe did.
            Failure = result.Failure ?? failures.Find(other => result.Instance.Sources.Contains(other.Source))?.Failure,
            Archive = foreign.Exists(backup => backup.Source == SourceName.Catalog) ? null : result.Archive,
            Backups = [.. result.Backups.Select(backup => foreign.Contains(backup) ? Emptied(backup) : backup)],
            Storages =
            [
                .. result.Storages.Select(storage =>
                    foreign.Exists(backup => IsIn(backup, storage)) ? storage with { Newest = [] } : storage
                ),
            ],
            SourceFailures = [.. result.SourceFailures, .. failures],
            SourcesThatAnswered = [.. result.SourcesThatAnswered.Where(source => !failures.Exists(other => other.Source == source))],
        };
    }

    /// <summary>Describes the mismatch in the same words wherever it is detected.</summary>
    /// <param name="catalogue">What names the backups, such as the catalogue.</param>
    /// <param name="backups">A description of the cluster that the backups belong to.</param>
    /// <param name="server">A description of the server's cluster.</param>
    public static ProbeFailure Failure(string catalogue, string name, string backups, string server) =>
        new(FailureReason.BadData, Message(catalogue, name, backups, server)) { Advice = TakeOne };

    public static string Message(string catalogue, string name, string backups, string server) =>
        $"{catalogue} newest backups of {name} are of another cluster ({backups}, {server})";

    static bool IsOfAnother(BackupFacts backup, ServerEvidence server) =>
        backup.Type.IsPhysical() && (IsOfOtherIdentity(backup, server) || IsAhead(backup, server));

    static bool IsOfOtherIdentity(BackupFacts backup, ServerEvidence server) =>
        (backup.SystemIdentifier is { } cluster && server.SystemIdentifier is { } own && cluster != own)
        || (backup.PgVersionNumber is { } version && version / MajorVersion != server.VersionNumber / MajorVersion);

    // A backup that ended before the server was queried must have started in WAL that the server had written by then.
    static bool IsAhead(BackupFacts backup, ServerEvidence server) =>
        backup.LastSuccess <= server.Now && StartOf(backup, server) > server.WrittenLsn;

    static long? StartOf(BackupFacts backup, ServerEvidence server) =>
        backup.StartLsn ?? (server.Wal is { } wal ? SegmentName.Start(backup.StartSegment, wal.SegmentSize) : null);

    static ProbeFailure Ahead(string name, BackupFacts backup, ServerEvidence server) =>
        new(
            FailureReason.BadData,
            $"source {backup.Source}: the newest {backup.Type.Name()} backup of {name} begins at "
                + $"{Humanize.Lsn(StartOf(backup, server)!.Value)} in the WAL, and the server has written WAL up to "
                + $"{Humanize.Lsn(server.WrittenLsn!.Value)} only: it is another cluster's, or was made of WAL that a failover lost"
        )
        {
            Advice = TakeOne,
        };

    static bool IsIn(BackupFacts backup, StorageFacts storage) => backup.Source == storage.Source && backup.Tool == storage.Tool;

    static ProbeFailure Failure(string name, BackupFacts backup, ServerEvidence server) =>
        IsOfOtherIdentity(backup, server) ? OfOtherIdentity(name, backup, server) : Ahead(name, backup, server);

    static ProbeFailure OfOtherIdentity(string name, BackupFacts backup, ServerEvidence server) =>
        backup.SystemIdentifier is { } cluster && server.SystemIdentifier is { } own && cluster != own
            ? Failure($"source {backup.Source}: the catalogue's", name, $"system identifier {cluster}", $"the server's is {own}")
            : Failure(
                $"source {backup.Source}: the catalogue's",
                name,
                $"PostgreSQL {backup.PgVersionNumber / MajorVersion}",
                $"the server is {server.VersionNumber / MajorVersion}"
            );

    static BackupFacts Emptied(BackupFacts backup) =>
        new(backup.Source, backup.Tool, backup.Type) { LastFailure = backup.LastFailure, Running = backup.Running };
}
