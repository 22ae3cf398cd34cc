using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// The list of any tool, as described in docs/tools/generic.md and docs/import-generic.schema.json: an array of backups that each name
/// their tool and server, or an object that names these once and says what the list covers. It was written for this reader, so undescribed
/// keys are refused: nobody would notice the fact lost by a misspelt key.
/// </summary>
internal sealed class GenericDocument
{
    const string Expected = "an array of backups, or an object with \"tool\" and \"backups\",";

    public static IReadOnlyList<string> Keys { get; } =
    ["tool", "server", "servers", "system_identifier", "version", "complete", "storages", "error", "backups"];

    public required string Tool { get; init; }

    /// <summary>The server of the backups; null if each backup names its own.</summary>
    public string? Server { get; init; }

    /// <summary>Whether the document itself names the server before the backups.</summary>
    public bool NamesServer { get; init; }

    /// <summary>The servers that the list covers, with or without backups.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    public IReadOnlyList<string>? Storages { get; init; }

    public Cluster? Cluster { get; init; }

    /// <summary>Why the tool could not list its backups.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the list is complete, so that an unlisted backup no longer exists.</summary>
    public bool IsComplete { get; init; } = true;

    public IEnumerable<JsonText> Backups { get; init; } = [];

    /// <summary>Whether the tool and the server are named once for all backups.</summary>
    public bool IsObject { get; init; }

    public static GenericDocument Read(JsonText json, ListingOptions options) =>
        json.Kind == JsonTokenType.StartArray ? OfArray(json, options) : OfObject(json, options);

    static GenericDocument OfArray(JsonText json, ListingOptions options)
    {
        var backups = json.Items(Expected);
        if (backups.FirstOrDefault() is not { Path: not null } first)
            throw new ListingException(
                "$",
                "the list is empty and does not say of which tool and server: print {\"tool\": ..., \"server\": ..., \"backups\": []}"
            );
        RequireOneServer(backups, options);
        var tool = GenericValues.Tool(first.Parse().AsObject(), "tool");
        return new()
        {
            Tool = tool,
            Server = options.Server,
            Backups = backups,
        };
    }

    static GenericDocument OfObject(JsonText json, ListingOptions options)
    {
        var members = json.Members(Expected);
        var head = json.Without("backups").Parse();
        GenericValues.RequireKnown(head, Keys);
        var server = GenericValues.OptionalName(head, "server");
        var servers = GenericValues.Names(head, "servers");
        var storages = GenericValues.Names(head, "storages");
        var document = new GenericDocument
        {
            Tool = GenericValues.Tool(head, "tool"),
            Server = options.Server ?? server,
            NamesServer = server is not null,
            Servers =
                options.Server is not null && servers is not { Count: > 1 } ? [options.Server]
                : server is not null ? [server]
                : servers ?? [],
            Storages = storages,
            Cluster = Identity(head),
            Error = head.Has("error") ? PlainText.OnOneLine(GenericValues.Text(head, "error")) : null,
            IsComplete = !head.Has("complete") || head.Flag("complete"),
            Backups = members.TryGetValue("backups", out var backups) ? backups.Items("an array of backups") : [],
            IsObject = true,
        };
        if (server is not null && servers is not null)
            throw head.Refused("servers", "say \"server\" for one, or \"servers\" for several, not both");
        if (options.Server is not null && servers is { Count: > 1 })
            throw head.Refused("servers", $"{servers.Count} servers are named here: --server can give another name to one only");
        if (document.Cluster is not null && document.Server is null)
            throw head.Refused("system_identifier", "say of which server, with \"server\"");
        if (members.ContainsKey("backups") == (document.Error is not null))
            throw new ListingException("$", "say \"backups\" (an array, which may be empty), or else \"error\" where there is no list");
        if (document.Error is not null && document.Servers.Count == 0)
            throw head.Refused("error", "say of which servers, with \"server\" or \"servers\"");
        if (!document.IsComplete && (storages is not null || document.Error is not null || !document.Backups.Any()))
            throw head.Refused("complete", "a part of a list has backups, and neither \"storages\" nor \"error\"");
        if (server is null && document.Backups.Any())
            RequireOneServer(document.Backups, options);
        return document;
    }

    static Cluster? Identity(Fields head)
    {
        var version = GenericValues.Version(head, "version");
        if (GenericValues.SystemIdentifier(head, "system_identifier") is { } system)
            return new(system, version);
        return version is null ? null : throw head.Refused("version", "say \"system_identifier\", too");
    }

    /// <summary>--server names one server. If the list has several, they would be merged into one.</summary>
    static void RequireOneServer(IEnumerable<JsonText> backups, ListingOptions options)
    {
        if (options.Server is null)
            return;
        string? first = null;
        foreach (var backup in backups)
        {
            if (backup.MemberText("server") is not { } server)
                continue;
            first ??= server;
            if (server != first)
                throw new ListingException(
                    $"{backup.Path}.server",
                    $"\"{PlainText.OnOneLine(server, 60)}\" is another server than \"{PlainText.OnOneLine(first, 60)}\": --server can give "
                        + "another name to one only"
                );
        }
    }
}
