using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// One backup of a <see cref="GenericDocument"/>. A malformed value refuses the whole list, because the script is wrong. An impossible
/// value (a time in the future) skips only that backup, as with every tool.
/// </summary>
internal static class GenericBackup
{
    public static IReadOnlyList<string> Keys { get; } =
    [
        "server",
        "tool",
        "type",
        "id",
        "status",
        "storage",
        "started",
        "finished",
        "parent",
        "size_bytes",
        "stored_bytes",
        "keep",
        "error",
        "has_errors",
        "start_lsn",
        "stop_lsn",
        "start_wal",
        "stop_wal",
        "timeline",
        "version",
        "system_identifier",
        "database",
        "wal",
    ];

    public static ListingItem Read(JsonText item, GenericDocument document, ListingOptions options)
    {
        var backup = item.Parse().AsObject();
        GenericValues.RequireKnown(backup, Keys);
        var row = Row(backup, document);
        try
        {
            foreach (var (key, time) in new[] { ("started", row.Started), ("finished", row.Finished) })
            {
                if (time is { } read)
                    ToolTime.RequirePlausible(read, backup, key, options);
            }

            if (row.StopLsn < row.StartLsn)
                throw backup.Refused("stop_lsn", "it ends before it starts, at start_lsn");
            if (SegmentName.Timeline(row.StartWal) is { } began && row.Timeline != began)
                throw backup.Refused("timeline", $"it is {row.Timeline}, but start_wal is of timeline {began}");
        }
        catch (ListingException e)
        {
            return new ListingItem.Skipped(row.Server, row.BackupId, e.Message);
        }

        return Listing.Of(row);
    }

    static CatalogRow Row(Fields backup, GenericDocument document)
    {
        var startWal = GenericValues.Segment(backup, "start_wal");
        var row = new CatalogRow(
            Server(backup, document),
            Tool(backup, document),
            Type(backup),
            GenericValues.Name(backup, "id"),
            Status(backup)
        )
        {
            Storage = GenericValues.OptionalName(backup, "storage") ?? CatalogRow.DefaultStorage,
            Started = GenericValues.Time(backup, "started"),
            Finished = GenericValues.Time(backup, "finished"),
            SizeBytes = GenericValues.Bytes(backup, "size_bytes"),
            StoredBytes = GenericValues.Bytes(backup, "stored_bytes"),
            ParentId = GenericValues.OptionalName(backup, "parent"),
            KeepUntil = GenericValues.Until(backup, "keep"),
            Error = backup.Text("error") is { } error ? PlainText.OnOneLine(error) : null,
            HasErrors = backup.Has("has_errors") ? backup.Flag("has_errors") : null,
            StartLsn = GenericValues.Position(backup, "start_lsn"),
            StopLsn = GenericValues.Position(backup, "stop_lsn"),
            StartWal = startWal,
            StopWal = GenericValues.Segment(backup, "stop_wal"),
            Timeline = GenericValues.Timeline(backup, "timeline") ?? SegmentName.Timeline(startWal),
            PgVersionNumber = GenericValues.Version(backup, "version"),
            SystemIdentifier = GenericValues.SystemIdentifier(backup, "system_identifier"),
            Database = GenericValues.OptionalName(backup, "database"),
            Raw = backup.Raw,
        };
        if (backup.Has("wal") && (!row.Type.IsPhysical() || !IncludedWal.Methods.Contains(backup.Text("wal") ?? "")))
            throw GenericValues.NoSuchWord(backup, "wal", "of a base backup: none, fetch or stream", backup.Text("wal"));
        if (document.Storages is { } covered && !covered.Contains(row.Storage))
            throw backup.Refused(
                "storage",
                $"\"{PlainText.OnOneLine(row.Storage, 60)}\" is none of the \"storages\" that the list is about"
            );
        return row switch
        {
            { Status: BackupStatus.Running, Finished: not null } => throw backup.Refused("finished", "a backup that runs has not finished"),
            { Status: BackupStatus.Failed, Finished: null, Started: null } => throw backup.Refused(
                "finished",
                "a failed backup needs the time at which it failed, or \"started\""
            ),
            { Status: BackupStatus.Done or BackupStatus.Waiting, Finished: null } => throw backup.Refused(
                "finished",
                "the finish time is missing"
            ),
            _ => row,
        };
    }

    static string Server(Fields backup, GenericDocument document)
    {
        var server = GenericValues.OptionalName(backup, "server");
        if (document.NamesServer && server is not null)
            throw backup.Refused("server", "the list is of one server, which is said once, in front of \"backups\"");
        return document.Server ?? server ?? throw backup.Refused("server", "the server name is missing: write it here, or use --server");
    }

    static string Tool(Fields backup, GenericDocument document)
    {
        if (document.IsObject)
            return backup.Has("tool") ? throw backup.Refused("tool", "the tool is said once, in front of \"backups\"") : document.Tool;
        var tool = GenericValues.Tool(backup, "tool");
        return tool == document.Tool
            ? tool
            : throw backup.Refused("tool", $"the list is of \"{document.Tool}\", and this backup of \"{tool}\": import a list a tool");
    }

    static BackupType Type(Fields backup) =>
        backup.Text("type") switch
        {
            "full" => BackupType.Full,
            "diff" => BackupType.Diff,
            "incr" => BackupType.Incr,
            "logical" => BackupType.Logical,
            var other => throw GenericValues.NoSuchWord(backup, "type", "full, diff, incr or logical", other),
        };

    static BackupStatus Status(Fields backup) =>
        backup.Text("status") switch
        {
            "done" => BackupStatus.Done,
            "failed" => BackupStatus.Failed,
            "running" => BackupStatus.Running,
            "waiting" => BackupStatus.Waiting,
            var other => throw GenericValues.NoSuchWord(backup, "status", "done, failed, running or waiting", other),
        };
}
