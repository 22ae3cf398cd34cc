namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// The facts about backups in a Cluster object: the PostgreSQL cluster, and the first backup that the operator found in the storage.
/// </summary>
internal sealed class CloudNativePgCluster
{
    readonly Fields _fields;

    CloudNativePgCluster(Fields fields, string server)
    {
        _fields = fields;
        Server = server;
    }

    public string Server { get; }

    /// <summary>The cluster created by initdb, as last reported by its instances; null before the first report.</summary>
    public Cluster? Identity { get; private init; }

    /// <summary>server_version_num of the data directory, without the minor version.</summary>
    public int? VersionNumber { get; private init; }

    public static CloudNativePgCluster Read(Fields cluster)
    {
        var version = cluster.Integer("status.pgDataImageInfo.majorVersion") is { } major and >= 8 and < 1000 ? major * 10000 : (int?)null;
        return new(cluster, CloudNativePgObjects.Server(cluster, "metadata.name"))
        {
            VersionNumber = version,
            Identity = ulong.TryParse(cluster.Text("status.systemID"), out var system) && system > 0 ? new(system, version) : null,
        };
    }

    /// <summary>
    /// Whether initdb created this object's cluster after the backup started. Then the backup is of another cluster with the same name. A
    /// cluster restored under its old name is the same one.
    /// </summary>
    public bool IsYoungerThan(DateTimeOffset began, ListingOptions options) =>
        !_fields.Has("spec.bootstrap.recovery") && !_fields.Has("spec.bootstrap.pg_basebackup") && !IsMadeBefore(began, options);

    public bool IsMadeBefore(DateTimeOffset began, ListingOptions options) => !(_fields.Iso("metadata.creationTimestamp", options) > began);

    /// <summary>
    /// Whether the operator examined the storage after this backup and did not find it, because the backup is older than the first one
    /// there. With plugins, the operator does not look. For an object store, it looked into the currently configured one.
    /// </summary>
    public bool LacksBackup(string method, DateTimeOffset finished, Fields backup, ListingOptions options) =>
        (method != "barmanObjectStore" || IsStoredHere(backup))
        && _fields.Iso($"status.firstRecoverabilityPointByMethod.{method}", options) is { } first
        && WholeSecond(finished) < WholeSecond(first);

    bool IsStoredHere(Fields backup)
    {
        const string Store = "spec.backup.barmanObjectStore.";
        return Same("destinationPath", "") && Same("endpointURL", "") && Same("serverName", _fields.Name("metadata.name"));

        bool Same(string key, string otherwise) => Or(_fields.Text(Store + key), otherwise) == Or(backup.Text("status." + key), otherwise);

        static string Or(string? text, string otherwise) => string.IsNullOrEmpty(text) ? otherwise : text;
    }

    static DateTimeOffset WholeSecond(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));
}
