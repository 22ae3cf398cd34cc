using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Refuses a readable list that names no server, was emptied by a lost credential, or belongs to another server. The message says how to
/// have it accepted.
/// </summary>
internal static class ListingChecks
{
    /// <summary>Refuses an empty list without a server: the user must say which server has no backups.</summary>
    public static CatalogFailure? Nobodys(string tool, IReadOnlyList<ListedServer> servers) =>
        servers.Count > 0
            ? null
            : CatalogFailure.Input(
                $"the list of {tool} has no backups and names no server, so there is nothing to import. If a server really has none "
                    + "any more, name it: --server NAME --allow-empty"
            );

    public static async Task<CatalogFailure?> EmptiedAsync(
        CatalogSession session,
        string tool,
        IReadOnlyList<ListedServer> servers,
        CancellationToken cancellationToken
    )
    {
        var empty = servers.Where(server => server is { IsComplete: true, Error: null, Backups: 0 }).ToList();
        if (empty.Count == 0)
            return null;
        var names = ParameterJson.Array(empty.Select(server => server.Name));
        session.Step = "looking for backups that an empty list would take away";
        await using var command = session.Command(SqlText.Load("catalog_emptied"), tool, names);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? CatalogFailure.Input(
                $"the list of \"{row.Text("server")}\" is empty, "
                    + $"but the catalogue has {Humanize.Count(row.Long("backups"), "backup")} of this server: "
                    + "nothing was written. If they are really gone, use --allow-empty"
            )
            : null;
    }

    /// <summary>
    /// Refuses a list of another server under the same name: the list does not know the cluster of the backups in the catalogue.
    /// </summary>
    public static async Task<CatalogFailure?> ClashAsync(
        CatalogSession session,
        string tool,
        IReadOnlyList<ListedServer> servers,
        CancellationToken cancellationToken
    )
    {
        var known = servers.Where(server => server is { IsComplete: true, Error: null, Clusters.Count: > 0 }).ToList();
        if (known.Count == 0)
            return null;
        session.Step = "comparing the system identifiers";
        var clusters = ClustersOf(known);
        await using var command = session.Command(SqlText.Load("catalog_clash"), tool, clusters);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? CatalogFailure.Input(
                $"the list of \"{row.Text("server")}\" is from the cluster with system identifier {row.Text("listed")}, but the "
                    + $"catalogue's backups under that name are from {row.Text("known")}: nothing was written. If these are two servers, "
                    + "import one of them "
                    + "with --server NAME. If the old cluster no longer exists, use --allow-empty"
            )
            : null;
    }

    /// <summary>Refuses a list that names no cluster if it shares no backup with the catalogue and is not simply newer.</summary>
    public static async Task<CatalogFailure?> StrangerAsync(
        CatalogSession session,
        string tool,
        IReadOnlyList<ListedServer> servers,
        CancellationToken cancellationToken
    )
    {
        var unknown = servers
            .Where(server =>
                server is { IsComplete: true, Error: null, Backups: > 0, Clusters.Count: 0, Skipped.Count: 0, HasUnnamedSkips: false }
            )
            .ToList();
        if (unknown.Count == 0)
            return null;
        session.Step = "comparing the names of the backups";
        var lists = ParameterJson.Objects(
            unknown,
            (json, server) =>
            {
                json.WriteString("server", server.Name);
                json.WriteTexts("storages", server.List!.Storages);
            }
        );
        await using var command = session.Command(SqlText.Load("catalog_unrelated_server"), tool, lists);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? CatalogFailure.Input(
                $"the list of \"{row.Text("server")}\" has {Humanize.Count(row.Long("listed"), "backup")}, "
                    + "and the catalogue knows none of them; "
                    + $"of its own {row.Long("known")} none is listed, and some are newer than the oldest listed: nothing was written. "
                    + "If these are two servers, import one of them with --server NAME. "
                    + "If the old backups are really gone, use --allow-empty"
            )
            : null;
    }

    /// <summary>The servers with their system identifiers, as a query parameter.</summary>
    public static string ClustersOf(IEnumerable<ListedServer> servers) =>
        ParameterJson.Objects(
            servers,
            (json, server) =>
            {
                json.WriteString("server", server.Name);
                json.WriteTexts("clusters", server.Clusters.Select(cluster => cluster.ToString(CultureInfo.InvariantCulture)));
            }
        );
}
