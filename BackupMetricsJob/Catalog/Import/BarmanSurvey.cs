using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>What must be known of Barman's whole output before its backups are read: which servers, which errors, and which clock its host has.</summary>
internal sealed class BarmanSurvey
{
    readonly TimeZoneInfo given;
    DateTimeOffset newest;

    BarmanSurvey(ListingOptions options)
    {
        given = options.Zone;
        Options = options;
    }

    public HashSet<string> Servers { get; } = new(StringComparer.Ordinal);

    public List<string> Errors { get; } = [];

    /// <summary>False where one backup is shown, which says nothing about others.</summary>
    public bool IsList { get; private set; } = true;

    /// <summary>
    /// With the zone that Barman's host has: the one that was given, unless the newest finished backup, whose end is printed both as a wall
    /// clock's time and in seconds since 1970, proves another offset.
    /// </summary>
    public ListingOptions Options { get; private set; }

    public string Words => Shown.Words("barman: " + string.Join("; ", Errors));

    public static bool IsMessages(string key) => key is "_DEBUG" or "_INFO" or "_WARNING" or "_ERROR" or "_EXCEPTION";

    public string? ErrorOf(string server)
    {
        var others = Servers.Where(name => name != server).ToList();
        var own = Errors.Where(error => !others.Exists(other => IsAboutWalOf(other, error))).ToList();
        return own.Count == 0 ? null : Shown.Words("barman: " + string.Join("; ", own));
    }

    public static async ValueTask<BarmanSurvey> OfAsync(Stream input, ListingOptions options, CancellationToken cancel)
    {
        var survey = new BarmanSurvey(options);
        using var json = new JsonStream(input);
        await json.ExpectAsync(JsonTokenType.StartObject, "an object of servers", cancel);
        while (await json.ReadAsync(cancel) == JsonTokenType.PropertyName)
        {
            if (json.Key is "_ERROR" or "_EXCEPTION")
                survey.TakeErrors((await json.ValueAsync(cancel))!.Fields);
            else if (IsMessages(json.Key))
                await json.SkipAsync(cancel);
            else
                await survey.TakeServerAsync(json, cancel);
        }

        await json.ExpectAsync(JsonTokenType.None, "the end of the input", cancel);
        return survey;
    }

    /// <summary>The one error of `list-backups` that names its server (barman/server.py, list_backups): a WAL index that cannot be read; the list is whole.</summary>
    static bool IsAboutWalOf(string server, string error) => error.Contains($"barman rebuild-xlogdb {server}\"", StringComparison.Ordinal);

    void TakeErrors(Fields messages)
    {
        if (messages.Element.ValueKind != JsonValueKind.Array)
            throw new ListingException(messages.Path, $"an array of messages is expected here, not {Fields.Kind(messages.Element)}");
        foreach (var message in messages.Element.EnumerateArray())
            Errors.Add(new Fields(message, messages.Path).AsText());
    }

    async ValueTask TakeServerAsync(JsonStream json, CancellationToken cancel)
    {
        Servers.Add(Fields.CheckedName(json.Key, json.Path));
        if (await json.PeekAsync(cancel) == JsonTokenType.StartObject)
        {
            IsList = false;
            await json.SkipAsync(cancel);
            return;
        }

        await json.ExpectAsync(JsonTokenType.StartArray, "an array of backups or one backup", cancel);
        while (await json.ValueAsync(cancel) is { Fields: var backup })
        {
            if (backup.Element.ValueKind == JsonValueKind.String)
                throw new ListingException(backup.Path, "only the name of a backup stands here: leave away --minimal");
            if (backup.Epoch("end_time_timestamp", Options) is { } end && end > newest && BarmanBackup.WallClock(backup, "end_time") is { } shown)
                Compare(end, shown);
        }
    }

    void Compare(DateTimeOffset end, DateTime shown)
    {
        newest = end;
        var offset = shown - end.UtcDateTime;
        if (offset.Duration() > TimeSpan.FromHours(14) || offset.Ticks % TimeSpan.TicksPerMinute != 0)
            return;
        Options = Options with
        {
            Zone = given.GetUtcOffset(end) == offset ? given : TimeZoneInfo.CreateCustomTimeZone("barman", offset, "barman", "barman"),
        };
    }
}
