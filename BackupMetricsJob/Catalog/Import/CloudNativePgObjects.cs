using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// CloudNativePG's objects as kubectl prints them, API postgresql.cnpg.io/v1 (operator 1.15 to 1.30: api/v1/backup_types.go,
/// scheduledbackup_types.go, cluster_types.go). A server is called NAMESPACE/CLUSTER. A list is complete for each cluster that it names; a
/// single object that was requested by name tells nothing about others.
/// </summary>
internal static class CloudNativePgObjects
{
    public const string Tool = "cloudnativepg";

    const string Group = ".postgresql.cnpg.io";

    public const string Command = $"kubectl get backups{Group},scheduledbackups{Group},clusters{Group} -A -o json";

    const string Expected = $"an object, as `{Command}` prints it,";

    public static IEnumerable<ListingItem> Read(JsonText json, ListingOptions options)
    {
        var isList = json.Members(Expected).TryGetValue("items", out var items);
        var objects = isList ? items.Items("an array of objects") : [json];
        var clusters = Clusters(objects);
        var servers = new List<string>(clusters.Keys);
        var names = new HashSet<string>(servers, StringComparer.Ordinal);
        foreach (var item in objects)
        {
            if (Kind(item) == "Backup" && ServerOf(item) is { } server && names.Add(server))
                servers.Add(server);
        }

        if (options.Server is not null && servers.Count > 1)
            throw new ListingException(
                "",
                $"{Humanize.Count(servers.Count, "cluster")} are listed here, {servers[0]} and {servers[1]} among them: --server can give "
                    + "another name to one only"
            );
        foreach (var item in objects)
        {
            if (Kind(item) == "Backup" && CloudNativePgBackup.Read(item, clusters, options) is { } backup)
                yield return backup;
            else if (Kind(item) == "ScheduledBackup" && CloudNativePgSchedule.Find(item.Parse(), options) is { } note)
                yield return note;
        }

        foreach (var server in isList ? servers : [])
        {
            var cluster = clusters.GetValueOrDefault(server);
            if (cluster is null && clusters.Count > 0)
                yield return new ListingItem.Note(
                    options.Server ?? server,
                    "its Cluster no longer exists, so nobody looks whether what its Backup objects name is still stored"
                );
            yield return new ListingItem.CompleteServer(options.Server ?? server, null) { Cluster = cluster?.Identity };
        }

        if (isList && servers.Count == 0 && Listing.Missing(Tool, servers, options) is { } missing)
            yield return missing;
    }

    public static string Server(Fields item, string cluster) => $"{item.Name("metadata.namespace")}/{item.Name(cluster)}";

    static Dictionary<string, CloudNativePgCluster> Clusters(IEnumerable<JsonText> objects)
    {
        var clusters = new Dictionary<string, CloudNativePgCluster>(StringComparer.Ordinal);
        foreach (var item in objects)
        {
            if (Kind(item) == "Cluster")
            {
                var cluster = CloudNativePgCluster.Read(item.Parse());
                clusters[cluster.Server] = cluster;
            }
        }

        return clusters;
    }

    static string? ServerOf(JsonText item)
    {
        try
        {
            return Server(item.Parse(), "spec.cluster.name");
        }
        catch (ListingException)
        {
            return null; // It is skipped, with this message, when it is read.
        }
    }

    /// <summary>Other APIs (Velero, Cluster API) have backups and clusters, too, and kubectl takes whichever it finds first.</summary>
    static string Kind(JsonText item)
    {
        var members = item.Members("an object of Kubernetes");
        var kind = members.TryGetValue("kind", out var named) ? named.Parse().AsText() : null;
        var api = members.TryGetValue("apiVersion", out var version) ? version.Parse().AsText() : null;
        if (kind is null || api is null)
            throw new ListingException(item.Path, $"an object of Kubernetes has a kind and an apiVersion: that of `{Command}` is expected");
        return api.StartsWith(Group[1..] + "/", StringComparison.Ordinal)
            ? kind
            : throw new ListingException(
                item.Path,
                $"{PlainText.OnOneLine(kind, 60)} of {PlainText.OnOneLine(api, 60)} is none of CloudNativePG's: write the names in full, "
                    + $"`{Command}`"
            );
    }
}
