using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// A Backup object: the order for a backup, and its result. It is identified by the object's name, because the tool's own ID exists only at
/// the end. It has no sizes. The parameters of a plugin's backup are unknown, so it counts as full.
/// </summary>
internal static class CloudNativePgBackup
{
    /// <summary>
    /// The longest that a backup may take. The operator fails a backup whose instance restarted, but only while the operator itself runs.
    /// </summary>
    static readonly TimeSpan Longest = TimeSpan.FromDays(3);

    /// <summary>Null if it is no longer a backup of this cluster.</summary>
    public static ListingItem? Read(JsonText item, IReadOnlyDictionary<string, CloudNativePgCluster> clusters, ListingOptions options)
    {
        string? server = null;
        string? name = null;
        try
        {
            var backup = item.Parse();
            name = backup.Name("metadata.name");
            server = CloudNativePgObjects.Server(backup, "spec.cluster.name");
            var cluster = clusters.GetValueOrDefault(server);
            server = options.Server ?? server;
            var row = Row(server, name, backup, options);
            if (cluster is null)
                return Listing.Of(row);
            var ordered = backup.Iso("metadata.creationTimestamp", options);
            if ((row.Started ?? ordered) is not { } began || cluster.IsYoungerThan(began, options) || IsGone(row, cluster, backup, options))
                return null;
            return Listing.Of(
                IsOf(cluster, row, backup, options) ? row with { SystemIdentifier = cluster.Identity?.SystemIdentifier } : row
            );
        }
        catch (ListingException e)
        {
            return new ListingItem.Skipped(server, name, e.Message);
        }
    }

    static bool IsGone(CatalogRow row, CloudNativePgCluster cluster, Fields backup, ListingOptions options) =>
        row is { Status: BackupStatus.Done, Finished: { } finished } && cluster.LacksBackup(Method(backup), finished, backup, options);

    /// <summary>
    /// Whether a backup is of this PostgreSQL cluster. A Cluster object is one PostgreSQL cluster from its creation until pg_upgrade
    /// creates another.
    /// </summary>
    static bool IsOf(CloudNativePgCluster cluster, CatalogRow row, Fields backup, ListingOptions options) =>
        (row.PgVersionNumber is null || cluster.VersionNumber is null || row.PgVersionNumber == cluster.VersionNumber)
        && row.Started is { } began
        && cluster.IsMadeBefore(began, options);

    static CatalogRow Row(string server, string name, Fields backup, ListingOptions options)
    {
        var phase = backup.Text("status.phase") ?? "";
        var status = Status(phase, backup);
        var ended = backup.Iso("status.stoppedAt", options) ?? backup.Iso("status.reconciliationTerminatedAt", options);
        var began =
            backup.Iso("status.startedAt", options)
            ?? (status == BackupStatus.Done ? null : backup.Iso("status.reconciliationStartedAt", options))
            ?? (status == BackupStatus.Done ? null : backup.Iso("metadata.creationTimestamp", options));
        var startWal = backup.Wal("status.beginWal");
        var row = new CatalogRow(server, CloudNativePgObjects.Tool, BackupType.Full, name, status)
        {
            Storage = Storage(backup),
            Started = began,
            Finished = status == BackupStatus.Running ? null : ended,
            StartLsn = backup.Lsn("status.beginLSN"),
            StopLsn = backup.Lsn("status.endLSN"),
            StartWal = startWal,
            StopWal = backup.Wal("status.endWal"),
            Timeline = SegmentName.Timeline(startWal),
            PgVersionNumber = backup.Integer("status.majorVersion") is > 0 and < 1000 and var major ? major * 10000 : null,
            Error = Error(phase, backup),
            Raw = backup.Raw,
        };
        if (row is { Status: BackupStatus.Done, Finished: null })
            throw backup.Refused("status.stoppedAt", "the finish time is missing");
        return row.Status == BackupStatus.Running && options.Now - row.Started > Longest
            ? row with
            {
                Status = BackupStatus.Failed,
                Error = $"it has been {Shown(phase)} for three days: nobody will end it",
            }
            : row;
    }

    static BackupStatus Status(string phase, Fields backup) =>
        phase switch
        {
            "completed" => BackupStatus.Done,
            // The operator retries while the archive does not accept WAL. Until then there is no backup.
            "failed" or "walArchivingFailing" or "invalid backup definition" => BackupStatus.Failed,
            "" or "pending" or "started" or "running" or "finalizing" => BackupStatus.Running,
            _ => throw backup.Refused(
                "status.phase",
                "pending, started, running, finalizing, completed, failed, walArchivingFailing or invalid backup definition is expected "
                    + $"here, not \"{PlainText.OnOneLine(phase, 60)}\""
            ),
        };

    static string? Error(string phase, Fields backup)
    {
        var error = backup.Text("status.error") is { Length: > 0 } reported ? reported : backup.Text("status.commandError");
        return !string.IsNullOrEmpty(error) ? PlainText.OnOneLine(error)
            : phase == "walArchivingFailing" ? "WAL archiving fails: no backup is made until it works"
            : null;
    }

    static string Method(Fields backup) =>
        backup.OptionalName("status.method") ?? backup.OptionalName("spec.method") ?? "barmanObjectStore";

    /// <summary>The location: the cluster's object store, snapshots, or the plugin's own storage.</summary>
    static string Storage(Fields backup) =>
        Method(backup) is "plugin" ? backup.OptionalName("spec.pluginConfiguration.name") ?? "plugin" : Method(backup);

    static string Shown(string phase) => phase.Length == 0 ? "waiting for the operator" : phase;
}
