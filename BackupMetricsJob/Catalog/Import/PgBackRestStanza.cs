using System.Globalization;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>What is said of one stanza beside its backups, and the rows of those.</summary>
internal sealed class PgBackRestStanza
{
    /// <summary>The name that pgBackRest gives to a repository that it cannot read, where it knows no stanza.</summary>
    const string Unreadable = "[invalid]";

    readonly Dictionary<(long Id, long Repository), (int? Version, ulong? SystemIdentifier)> _databases = [];

    public required string Name { get; init; }

    /// <summary>Why the list is not to be trusted; null if the stanza and all its repositories are ok.</summary>
    public required string? Error { get; init; }

    public required IEnumerable<JsonText> Backups { get; init; }

    public static PgBackRestStanza Read(JsonText text, ListingOptions options)
    {
        var members = text.Members("a stanza");
        var name = members.TryGetValue("name", out var printed) ? printed.Parse().AsText() : throw Lacking("name");
        var error = members.TryGetValue("status", out var status) ? StatusError(status.Parse(), members) : throw Lacking("status");
        var hasBackups = members.TryGetValue("backup", out var backups);
        if (!hasBackups && error is null)
            throw new ListingException(text.Path, "the stanza has no list of backups: full detail is needed, not --detail-level=progress");
        if (name == Unreadable)
        {
            name =
                options.Server
                ?? throw new ListingException(text.Path, $"pgbackrest cannot read its repository ({error}): say with --server whose it is");
        }

        var stanza = new PgBackRestStanza
        {
            Name = Fields.CheckedName(name, text.Path + ".name"),
            Error = error,
            Backups = hasBackups ? backups.Items("an array of backups") : [],
        };
        foreach (var database in Parsed(members, "db"))
        {
            var key = (database.Count("id") ?? 0, database.Count("repo-key") ?? 1);
            stanza._databases[key] = (Version(database), database.Unsigned("system-id"));
        }

        return stanza;

        ListingException Lacking(string key) =>
            new(text.Path, $"the stanza has no {key}: the output of `{ToolOutput.Command("pgbackrest")}` is expected");
    }

    public CatalogRow Row(Fields backup, ListingOptions options)
    {
        var repository = backup.Count("database.repo-key") ?? 1;
        var database = backup.Count("database.id") is { } id && _databases.TryGetValue((id, repository), out var found) ? found : default;
        var hasErrors = backup.Flag("error");
        var startWal = backup.Wal("archive.start");
        return new CatalogRow(Name, "pgbackrest", Kind(backup), backup.Name("label"), BackupStatus.Done)
        {
            Storage = string.Create(CultureInfo.InvariantCulture, $"repo{repository}"),
            Started = backup.Epoch("timestamp.start", options),
            Finished =
                backup.Epoch("timestamp.stop", options)
                ?? throw backup.Refused("timestamp.stop", "when the backup finished is missing here"),
            SizeBytes = backup.Count("info.size"),
            StoredBytes = backup.Count("info.repository.delta"),
            ParentId = backup.OptionalName("prior"),
            StartLsn = backup.Lsn("lsn.start"),
            StopLsn = backup.Lsn("lsn.stop"),
            StartWal = startWal,
            StopWal = backup.Wal("archive.stop"),
            Timeline = WalSegment.Timeline(startWal),
            PgVersionNumber = database.Version,
            SystemIdentifier = database.SystemIdentifier,
            HasErrors = hasErrors,
            Error = hasErrors ? "error(s) detected during backup" : null,
            Raw = backup.Raw,
        };
    }

    static BackupType Kind(Fields backup) =>
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

    static string? StatusError(Fields status, OrderedDictionary<string, JsonText> members)
    {
        var code = status.Count("code") ?? throw status.Refused("code", "a status code is missing here");
        var errors = new List<string>();
        foreach (var repository in Parsed(members, "repo"))
        {
            if (repository.Count("status.code") is > 0 and var its)
                errors.Add($"repo{repository.Count("key")}: code {its}: {repository.Text("status.message")}");
        }

        return code == 0 && errors.Count == 0
            ? null
            : PlainText.OnOneLine(string.Join("; ", errors.Prepend($"code {code}: {status.Text("message")}")));
    }

    static IEnumerable<Fields> Parsed(OrderedDictionary<string, JsonText> members, string key) =>
        members.TryGetValue(key, out var list) ? list.Parse().Members() : [];
}
