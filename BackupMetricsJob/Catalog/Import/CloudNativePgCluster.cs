namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// What a Cluster object says of its backups: which PostgreSQL cluster it is, and where the first backup is that the operator found stored.
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

    /// <summary>What initdb made, by the last word of its instances; null before the first of them spoke.</summary>
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
    /// Whether this object was made by initdb after the backup began: then it is another cluster of the same name that was backed up. One
    /// that was restored under its old name is the same cluster.
    /// </summary>
    public bool IsYoungerThan(DateTimeOffset began, ListingOptions options) =>
        !_fields.Has("spec.bootstrap.recovery") && !_fields.Has("spec.bootstrap.pg_basebackup") && !IsMadeBefore(began, options);

    public bool IsMadeBefore(DateTimeOffset began, ListingOptions options) => !(_fields.Iso("metadata.creationTimestamp", options) > began);

    /// <summary>
    /// Whether the operator looked into the storage after this backup was made and did not find it: it is older than the first there.
    /// With plugins it does not look. Of an object store it looked into the one that is configured now.
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
