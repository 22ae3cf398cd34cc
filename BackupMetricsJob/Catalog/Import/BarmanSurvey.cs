using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// What must be known of Barman's whole output before its backups are read: which servers, which errors, and which clock its host has.
/// </summary>
internal sealed class BarmanSurvey(ListingOptions options)
{
    public const string ExpectedList = "an array of backups or one backup";

    readonly TimeZoneInfo _given = options.Zone;
    DateTimeOffset _newest;

    /// <summary>In the order of the document: a list of backups, or the one that is shown.</summary>
    public OrderedDictionary<string, JsonText> Servers { get; } = new(StringComparer.Ordinal);

    public List<string> Errors { get; } = [];

    /// <summary>False where one backup is shown, which says nothing about others.</summary>
    public bool IsList { get; private set; } = true;

    /// <summary>
    /// With the zone that Barman's host has: the one that was given, unless the newest finished backup, whose end is printed both as a wall
    /// clock's time and in seconds since 1970, proves another offset.
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

        return survey;
    }

    /// <summary>
    /// The one error of `list-backups` that names its server (barman/server.py, list_backups): a WAL index that cannot be read; the list is
    /// whole.
    /// </summary>
    static bool IsAboutWalOf(string server, string error) => error.Contains($"barman rebuild-xlogdb {server}\"", StringComparison.Ordinal);

    void TakeServer(string server, JsonText text)
    {
        if (server == PghoardList.List)
            throw new ListingException(text.Path, $"this is the output of pghoard: that of `{ToolOutput.Command("barman")}` is expected");
        Servers.Add(Fields.CheckedName(server, text.Path), text);
        if (text.Kind == JsonTokenType.StartObject)
        {
            IsList = false;
            return;
        }

        foreach (var item in text.Items(ExpectedList))
        {
            if (item.Kind == JsonTokenType.String)
                throw new ListingException(item.Path, "only the name of a backup stands here: leave away --minimal");
            var backup = item.Parse();
            if (
                backup.Epoch("end_time_timestamp", Options) is { } end
                && end > _newest
                && BarmanBackup.WallClock(backup, "end_time") is { } shown
            )
                Compare(end, shown);
        }
    }

    void Compare(DateTimeOffset end, DateTime shown)
    {
        _newest = end;
        var offset = shown - end.UtcDateTime;
        if (offset.Duration() > TimeSpan.FromHours(14) || offset.Ticks % TimeSpan.TicksPerMinute != 0)
            return;
        Options = Options with
        {
            Zone = _given.GetUtcOffset(end) == offset ? _given : TimeZoneInfo.CreateCustomTimeZone("barman", offset, "barman", "barman"),
        };
    }
}
