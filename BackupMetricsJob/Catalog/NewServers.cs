using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Finds out whether a new server is already in the catalogue under another name. A mistyped --server would become a server of its own:
/// nothing refuses it, and it would alert for ever.
/// </summary>
internal static class NewServers
{
    /// <summary>A list with more new servers than this does not come from a typing error.</summary>
    const int MaxCompared = 5;

    const int MaxNamed = 3;

    /// <summary>Notes on the new servers among <paramref name="servers"/>.</summary>
    public static async Task<IReadOnlyList<ListingItem.Note>> FindAsync(
        CatalogSession session,
        string tool,
        IReadOnlyList<ListedServer> servers,
        CancellationToken cancellationToken
    )
    {
        session.Step = "looking for servers that are new";
        var names = await NewAsync(session, servers.Select(server => server.Name), cancellationToken);
        if (names.Count is 0 or > MaxCompared)
            return [];
        var notes = new List<ListingItem.Note>();
        var added = servers.Where(server => names.Contains(server.Name)).ToList();
        await AddSameAsync(session, tool, added, notes, cancellationToken);
        await AddSimilarAsync(session, names.Where(name => !notes.Exists(note => note.OfServer == name)), notes, cancellationToken);
        foreach (var server in added.Where(server => server.Backups == 0 && !notes.Exists(note => note.OfServer == server.Name)))
            notes.Add(
                new(
                    server.Name,
                    "the catalogue had no server of this name, and has one now that has no backup: that is critical until it has one. "
                        + $"If there is no such server, remove it: {ForgetCommand.Of(server.Name)}"
                )
            );
        return notes;
    }

    /// <summary>A note on a server by its name alone, if there is no list of backups to compare.</summary>
    public static async Task<ListingItem.Note?> FindAsync(CatalogSession session, string server, CancellationToken cancellationToken)
    {
        session.Step = "looking for servers that are new";
        var notes = new List<ListingItem.Note>();
        await AddSimilarAsync(session, await NewAsync(session, [server], cancellationToken), notes, cancellationToken);
        return notes.FirstOrDefault();
    }

    /// <summary>A note on the server of a drill. If lists are imported, one for that server should have been.</summary>
    /// <param name="cluster">The server's system identifier; null if unknown.</param>
    public static async Task<ListingItem.Note?> FindDrilledAsync(
        CatalogSession session,
        string server,
        ulong? cluster,
        CancellationToken cancellationToken
    )
    {
        session.Step = "looking for servers that are new";
        if ((await NewAsync(session, [server], cancellationToken)).Count == 0)
            return null;
        if (cluster is { } identifier)
        {
            await using var command = session.Command(
                SqlText.Load("catalog_same_cluster"),
                identifier.ToString(CultureInfo.InvariantCulture)
            );
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            if (await row.ReadAsync(cancellationToken))
                return Note(server, Same(row.Text("server"), row.Text("tool")), row.Text("server"));
        }

        var notes = new List<ListingItem.Note>();
        await AddSimilarAsync(session, [server], notes, cancellationToken);
        if (notes.Count > 0)
            return notes[0];
        await using var all = session.Command(SqlText.Load("catalog_imported_servers"));
        var known = await NamesAsync(all, cancellationToken);
        return known.Count == 0
            ? null
            : new(
                server,
                $"the catalogue had no server of this name, and knows {NameList.FirstOf(known, MaxNamed)}"
                    + $". If it is one of them, give that name, and remove the new one: {ForgetCommand.Of(server)}"
            );
    }

    static async Task<List<string>> NewAsync(CatalogSession session, IEnumerable<string> servers, CancellationToken cancellationToken)
    {
        await using var command = session.Command(SqlText.Load("catalog_new_servers"), ParameterJson.Array(servers));
        return await NamesAsync(command, cancellationToken);
    }

    static async Task AddSameAsync(
        CatalogSession session,
        string tool,
        IReadOnlyList<ListedServer> servers,
        List<ListingItem.Note> notes,
        CancellationToken cancellationToken
    )
    {
        var parameter = ListingChecks.ClustersOf(servers);
        await using var command = session.Command(SqlText.Load("catalog_same_servers"), tool, parameter);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var known = row.Text("known");
            notes.Add(
                Note(
                    row.Text("server"),
                    row.Flag("has_backups") ? $"the same backups are known as those of \"{known}\"" : Same(known, row.Text("tool")),
                    known
                )
            );
        }
    }

    static async Task AddSimilarAsync(
        CatalogSession session,
        IEnumerable<string> servers,
        List<ListingItem.Note> notes,
        CancellationToken cancellationToken
    )
    {
        var names = servers.ToList();
        if (names.Count == 0)
            return;
        await using var command = session.Command(SqlText.Load("catalog_server_names"));
        var known = await NamesAsync(command, cancellationToken);
        foreach (var name in names)
        {
            if (known.Find(other => SimilarNames.Are(name, other)) is { } similar)
                notes.Add(Note(name, $"a server is known as \"{similar}\"", similar));
        }
    }

    static ListingItem.Note Note(string server, string why, string known) =>
        new(
            server,
            $"the catalogue had no server of this name, and {why}. If they are one server, use the name {known} for it, and remove the new "
                + $"name: {ForgetCommand.Of(server)}"
        );

    static string Same(string known, string tool) => $"the same cluster, by its system identifier, is known as \"{known}\" ({tool})";

    static async Task<List<string>> NamesAsync(Npgsql.NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names.Add(row.Text("server"));
        return names;
    }
}
