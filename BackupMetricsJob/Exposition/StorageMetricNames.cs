namespace BackupMetricsJob.Exposition;

/// <summary>The metrics of individual repositories and storages, and of the number of copies.</summary>
internal static class StorageMetricNames
{
    public static readonly Metric LastSuccess = new(
        "postgres_backup_storage_last_success_timestamp_seconds",
        "When the newest good backup in this repository or storage finished, in seconds since 1970.",
        "source",
        "tool",
        "type",
        "storage"
    );

    public static readonly Metric BrokenChains = new(
        "postgres_backup_storage_broken_chains",
        "How many of the newest incremental or differential backups in this repository or storage build on a backup that is not there.",
        "source",
        "tool",
        "type",
        "storage"
    );

    public static readonly Metric Emptied = new(
        "postgres_backup_storage_emptied",
        "1 if this repository or storage held good backups and has none now, while the tool has some in another one, else 0.",
        "source",
        "tool",
        "storage"
    );

    public static readonly Metric Copies = new(
        "postgres_backup_copies",
        "Repositories and storages that could be read, and whose newest backup that can be restored is within the limit."
    );

    public static readonly Metric CopiesMin = new(
        "postgres_backup_copies_min",
        "How many copies were asked for; published whether the database answers or not."
    );
}
