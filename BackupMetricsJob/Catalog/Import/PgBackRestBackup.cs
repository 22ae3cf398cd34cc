using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>One backup in the list of a pgBackRest stanza.</summary>
internal static class PgBackRestBackup
{
    /// <exception cref="ListingException">A member has a value that pgBackRest does not write.</exception>
    public static CatalogRow Row(PgBackRestStanza stanza, Fields backup, ListingOptions options)
    {
        var repository = backup.Count("database.repo-key") ?? 1;
        var cluster = stanza.ClusterOf(backup.Count("database.id"), repository);
        bool? hasErrors = backup.Has("error") ? backup.Flag("error") : null;
        var startWal = backup.Wal("archive.start");
        return new CatalogRow(stanza.Name, "pgbackrest", Type(backup), backup.Name("label"), BackupStatus.Done)
        {
            Storage = PgBackRestRepositories.Storage(repository),
            Started = backup.Epoch("timestamp.start", options),
            Finished = backup.Epoch("timestamp.stop", options) ?? throw backup.Refused("timestamp.stop", "the finish time is missing"),
            SizeBytes = backup.Count("info.size"),
            StoredBytes = backup.Count("info.repository.delta"),
            ParentId = backup.OptionalName("prior"),
            StartLsn = backup.Lsn("lsn.start"),
            StopLsn = backup.Lsn("lsn.stop"),
            StartWal = startWal,
            StopWal = backup.Wal("archive.stop"),
            Timeline = SegmentName.Timeline(startWal),
            PgVersionNumber = cluster.Version,
            SystemIdentifier = cluster.SystemIdentifier,
            HasErrors = hasErrors,
            Error = hasErrors == true ? "error(s) detected during backup" : null,
            Raw = backup.Raw,
        };
    }

    static BackupType Type(Fields backup) =>
        backup.Text("type") switch
        {
            "full" => BackupType.Full,
            "diff" => BackupType.Diff,
            "incr" => BackupType.Incr,
            var other => throw backup.Refused(
                "type",
                $"full, diff or incr is expected here, not \"{PlainText.OnOneLine(other ?? "nothing", 60)}\""
            ),
        };
}
