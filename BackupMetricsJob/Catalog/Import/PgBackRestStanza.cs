using System.Globalization;
using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>What is said of one stanza beside its backups, and the rows of those.</summary>
internal sealed class PgBackRestStanza(string path)
{
    /// <summary>The name that pgBackRest gives to a repository that it cannot read, where it knows no stanza.</summary>
    const string Unreadable = "[invalid]";

    readonly Dictionary<(long Id, long Repository), (int? Version, ulong? SystemIdentifier)> databases = [];
    readonly List<string> repositoryErrors = [];
    long? code;
    string message = "";

    public string Name { get; private set; } = "";

    /// <summary>Why the list is not to be trusted; null if the stanza and all its repositories are ok.</summary>
    public string? Error { get; private set; }

    public bool HasBackups { get; set; }

    public void Take(string key, JsonItem value)
    {
        var fields = value.Fields;
        switch (key)
        {
            case "name":
                Name = Fields.CheckedName(fields.AsText(), fields.Path);
                break;
            case "status":
                code = fields.Count("code") ?? throw fields.Refused("code", "a status code is missing here");
                message = fields.Text("message") ?? "";
                break;
            case "repo":
                foreach (var repository in fields.Members())
                    TakeRepository(repository);
                break;
            default:
                foreach (var database in fields.Members())
                    databases[(database.Count("id") ?? 0, database.Count("repo-key") ?? 1)] = (Version(database), database.Unsigned("system-id"));
                break;
        }
    }

    public void Complete(ListingOptions options)
    {
        if (Name.Length == 0)
            throw new ListingException(path, "the stanza has no name: the output of `pgbackrest info --output=json` is expected");
        if (code is null)
            throw new ListingException(path, "the stanza has no status: the output of `pgbackrest info --output=json` is expected");
        if (code != 0 || repositoryErrors.Count > 0)
            Error = Shown.Words(string.Join("; ", repositoryErrors.Prepend($"code {code}: {message}")));
        else if (!HasBackups)
            throw new ListingException(path, "the stanza has no list of backups: full detail is needed, not --detail-level=progress");
        if (Name == Unreadable)
            Name = options.Server ?? throw new ListingException(path, $"pgbackrest cannot read its repository ({Error}): say with --server whose it is");
    }

    public CatalogRow Row(JsonItem item, ListingOptions options)
    {
        var backup = item.Fields;
        var repository = backup.Count("database.repo-key") ?? 1;
        var database = backup.Count("database.id") is { } id && databases.TryGetValue((id, repository), out var found) ? found : default;
        var hasErrors = backup.Flag("error");
        var startWal = backup.Wal("archive.start");
        return new CatalogRow(Name, "pgbackrest", Kind(backup), backup.Name("label"), BackupStatus.Done)
        {
            Storage = string.Create(CultureInfo.InvariantCulture, $"repo{repository}"),
            Started = backup.Epoch("timestamp.start", options),
            Finished = backup.Epoch("timestamp.stop", options) ?? throw backup.Refused("timestamp.stop", "when the backup finished is missing here"),
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
            Raw = item.Raw,
        };
    }

    static BackupType Kind(Fields backup) => backup.Text("type") switch
    {
        "full" => BackupType.Full,
        "diff" => BackupType.Diff,
        "incr" => BackupType.Incr,
        var other => throw backup.Refused("type", $"full, diff or incr is expected here, not \"{Shown.Briefly(other ?? "nothing")}\""),
    };

    /// <summary>server_version_num of "9.6" or "15".</summary>
    static int? Version(Fields database)
    {
        if (database.Text("version") is not { } text || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version))
            return null;
        return version is < 8 or > 1000 ? null : version < 10 ? (int)(version * 10) / 10 * 10000 + (int)(version * 10) % 10 * 100 : (int)version * 10000;
    }

    void TakeRepository(Fields repository)
    {
        if (repository.Count("status.code") is null or 0)
            return;
        repositoryErrors.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"repo{repository.Count("key")}: code {repository.Count("status.code")}: {repository.Text("status.message")}"));
    }
}
