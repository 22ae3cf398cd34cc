using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// The facts needed from Barman's whole output before its backups are read: the servers, the errors, and the time zone of its host.
/// </summary>
internal sealed class BarmanSurvey(ListingOptions options)
{
    public const string ExpectedList = "an array of backups or one backup, as `barman -f json list-backups all` prints them,";

    static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    (DateTimeOffset End, DateTime Began)? _newest;

    /// <summary>In document order: a list of backups, or the one that is shown.</summary>
    public OrderedDictionary<string, BarmanServer> Servers { get; } = new(StringComparer.Ordinal);

    public List<string> Errors { get; } = [];

    /// <summary>False if a single backup is shown, which tells nothing about others.</summary>
    public bool IsList { get; private set; } = true;

    /// <summary>
    /// The options with the time zone of Barman's host, because a backup is named by its local start time. It is the zone that the user
    /// gave, or else this host's. This host's zone is rejected if by it the newest finished backup would have started after its end. (The
    /// printed end_time is in the PostgreSQL server's zone, and proves nothing.)
    /// </summary>
    public ListingOptions Options { get; private set; } = options;

    public string ErrorText => Text.PlainText.OnOneLine("barman: " + string.Join("; ", Errors));

    public string? ErrorOf(string server)
    {
        var others = Servers.Keys.Where(name => name != server).ToList();
        var own = Errors.Where(error => !others.Exists(other => IsAboutWalOf(other, error))).ToList();
        return own.Count == 0 ? null : Text.PlainText.OnOneLine("barman: " + string.Join("; ", own));
    }

    public static BarmanSurvey Read(JsonText json, ListingOptions options)
    {
        var survey = new BarmanSurvey(options);
        foreach (var (key, text) in json.Members("an object of servers, as `barman -f json list-backups all` prints it,"))
        {
            if (key is "_ERROR" or "_EXCEPTION")
                survey.Errors.AddRange(text.Items("an array of messages").Select(message => message.Parse().AsText()));
            else if (key is not ("_DEBUG" or "_INFO" or "_WARNING"))
                survey.TakeServer(key, text);
        }

        survey.FindZone();
        return survey;
    }

    /// <summary>
    /// The only error of `list-backups` that names its server (barman/server.py, list_backups): an unreadable WAL index. The list is
    /// complete.
    /// </summary>
    static bool IsAboutWalOf(string server, string error) => error.Contains($"barman rebuild-xlogdb {server}\"", StringComparison.Ordinal);

    void TakeServer(string name, JsonText text)
    {
        if (name == PghoardList.List)
            throw new ListingException(text.Path, "Barman has no server of this name");
        var server = new BarmanServer(text);
        Servers.Add(Fields.CheckedName(name, text.Path), server);
        if (text.Kind == JsonTokenType.StartObject)
        {
            IsList = false;
            return;
        }

        foreach (var item in text.Items(ExpectedList))
        {
            if (item.Kind == JsonTokenType.String)
                throw new ListingException(item.Path, "only the name of a backup stands here: leave away --minimal");
            try
            {
                Take(server, item.Parse());
            }
            catch (ListingException)
            {
                // The problem is reported when the backup itself is read.
            }
        }
    }

    void Take(BarmanServer server, Fields backup)
    {
        var (id, status) = (backup.Name("backup_id"), backup.Text("status"));
        if (string.CompareOrdinal(id, server.NewestId) > 0)
            server.NewestId = id;
        server.IsPassive |= status is "SYNCING" or "RETRYING";
        if (backup.Epoch("end_time_timestamp", Options) is not { } end)
            return;
        server.LacksWal |= status == BarmanBackup.WaitingForWal && BarmanBackup.IsLate(end, Options);
        if (!(_newest?.End >= end) && BarmanBackup.BeganLocally(id) is { } began)
            _newest = (end, began);
    }

    void FindZone()
    {
        if (Options.ZoneIsGiven || _newest is not { } newest || ToolTime.FromLocal(newest.Began, Options.Zone) <= newest.End.AddSeconds(1))
            return;
        var offset = TimeSpan.FromTicks((long)Math.Ceiling((newest.Began - newest.End.UtcDateTime) / Quarter) * Quarter.Ticks);
        if (offset.Duration() <= TimeSpan.FromHours(14))
            Options = Options with { Zone = TimeZoneInfo.CreateCustomTimeZone("barman", offset, "barman", "barman") };
    }
}

/// <summary>One server in Barman's output, with the facts needed before its backups are read.</summary>
internal sealed class BarmanServer(JsonText text)
{
    public JsonText Text { get; } = text;

    /// <summary>The backup that was started last; null if a single backup is shown.</summary>
    public string? NewestId { get; set; }

    /// <summary>
    /// Whether a backup has been waiting for its WAL for too long. Then no WAL arrives, so a newer backup is not just waiting briefly.
    /// </summary>
    public bool LacksWal { get; set; }

    /// <summary>Whether this Barman node copies another node's backups, and so may not have all of them.</summary>
    public bool IsPassive { get; set; }
}
