using System.Globalization;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>The facts about one stanza, apart from its backups.</summary>
internal sealed class PgBackRestStanza
{
    /// <summary>The stanza name that pgBackRest prints for an unreadable repository if it knows no stanza.</summary>
    const string Unreadable = "[invalid]";

    readonly Dictionary<(long Id, long Repository), (int? Version, ulong? SystemIdentifier)> _databases = [];

    public required string Name { get; init; }

    /// <summary>Why the list cannot be trusted; null if at least one of the repositories could be read.</summary>
    public required string? Error { get; init; }

    public required IEnumerable<JsonText> Backups { get; init; }

    /// <summary>The repositories that were read; empty if they are not named (before 2.32, or none could be read).</summary>
    public required IReadOnlyList<ListedRepository> Repositories { get; init; }

    /// <summary>Whether a backup of the stanza is running.</summary>
    public required bool IsLocked { get; init; }

    /// <summary>How many bytes the running backup has to copy, and how many it has copied (pgBackRest 2.48 and newer).</summary>
    public (long? Total, long? Complete) Progress { get; init; }

    /// <summary>The stanza's current cluster, which stanza-upgrade changes; null if unknown.</summary>
    public Cluster? Cluster { get; private set; }

    /// <summary>The stanza's former clusters.</summary>
    public IReadOnlyCollection<ulong> Earlier { get; private set; } = [];

    /// <param name="text">The stanza's text.</param>
    /// <param name="isOne">Whether it is the only stanza. Then the user may rename it.</param>
    public static PgBackRestStanza Read(JsonText text, bool isOne, ListingOptions options)
    {
        var members = text.Members("a stanza");
        var name = members.TryGetValue("name", out var printed) ? printed.Parse().AsText() : throw Lacking("name");
        var state = members.TryGetValue("status", out var status) ? status.ParseMessages() : throw Lacking("status");
        var repositories = PgBackRestRepositories.Read(Messages(members, "repo"), Parsed(members, "archive"));
        var error = PgBackRestRepositories.Error(state, repositories);
        var hasBackups = members.TryGetValue("backup", out var backups);
        if (!hasBackups && error is null)
            throw new ListingException(text.Path, "the stanza has no list of backups: full detail is needed, not --detail-level=progress");
        if (name == Unreadable)
        {
            name =
                options.Server
                ?? throw new ListingException(text.Path, $"pgbackrest cannot read its repository ({error}): say with --server whose it is");
        }
        else if (isOne)
        {
            name = options.Server ?? name;
        }

        var stanza = new PgBackRestStanza
        {
            Name = Fields.CheckedName(name, text.Path + ".name"),
            Error = error,
            Backups = hasBackups ? backups.Items("an array of backups") : [],
            Repositories = repositories,
            IsLocked = state.Has("lock.backup") && state.Flag("lock.backup.held"),
            Progress = state.Has("lock.backup") ? (state.Count("lock.backup.size"), state.Count("lock.backup.size-cplt")) : default,
        };
        long? newest = null;
        var clusters = new HashSet<ulong>();
        foreach (var database in Parsed(members, "db"))
        {
            var key = (Id: database.Count("id") ?? 0, Repository: database.Count("repo-key") ?? 1);
            var found = (Version: Version(database), SystemIdentifier: database.Unsigned("system-id"));
            stanza._databases[key] = found;
            if (found.SystemIdentifier is not { } cluster)
                continue;
            clusters.Add(cluster);
            if (!(newest >= key.Id))
                (newest, stanza.Cluster) = (key.Id, new(cluster, found.Version));
        }

        clusters.Remove(stanza.Cluster?.SystemIdentifier ?? 0);
        stanza.Earlier = clusters;

        return stanza;

        ListingException Lacking(string key) =>
            new(text.Path, $"the stanza has no {key}: the output of `{ToolOutput.Command("pgbackrest")}` is expected");
    }

    /// <summary>The cluster of a backup, by its number in the stanza; null parts are unknown.</summary>
    public (int? Version, ulong? SystemIdentifier) ClusterOf(long? database, long repository) =>
        database is { } id && _databases.TryGetValue((id, repository), out var found) ? found : default;

    /// <summary>server_version_num of "9.6" or "15".</summary>
    static int? Version(Fields database)
    {
        if (
            database.Text("version") is not { } text
            || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version)
        )
            return null;
        return version is < 8 or > 1000 ? null
            : version < 10 ? (int)(version * 10) / 10 * 10000 + (int)(version * 10) % 10 * 100
            : (int)version * 10000;
    }

    static IEnumerable<Fields> Parsed(OrderedDictionary<string, JsonText> members, string key) =>
        members.TryGetValue(key, out var list) ? list.Parse().Members() : [];

    /// <summary>The messages of the repositories. With a wrong passphrase they may contain ciphertext.</summary>
    static IEnumerable<Fields> Messages(OrderedDictionary<string, JsonText> members, string key) =>
        members.TryGetValue(key, out var list) ? list.ParseMessages().Members() : [];
}
