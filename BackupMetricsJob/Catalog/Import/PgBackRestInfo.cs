using System.Runtime.CompilerServices;
using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// `pgbackrest info --output=json`, of versions 2.20 to 2.59 (src/command/info/info.c). The keys of a stanza come in alphabetical order, so its backups come
/// before its name, its databases and its status: the input is read twice. pgBackRest ends with 0 in every error state, so a status other than ok, of
/// the stanza or of one of its repositories, is the error of the server; the backups that it lists all the same are read.
/// </summary>
internal static class PgBackRestInfo
{
    const string Tool = "pgbackrest";

    public static async IAsyncEnumerable<Listed> ReadAsync(
        Stream input, ListingOptions options, [EnumeratorCancellation] CancellationToken cancel)
    {
        var from = input.Position;
        var stanzas = await StanzasAsync(input, options, cancel);
        input.Position = from;
        using var json = new JsonStream(input);
        await json.ExpectAsync(JsonTokenType.StartArray, "an array of stanzas", cancel);
        foreach (var stanza in stanzas)
        {
            var isWhole = true;
            await json.ExpectAsync(JsonTokenType.StartObject, "a stanza", cancel);
            while (await json.ReadAsync(cancel) == JsonTokenType.PropertyName)
            {
                if (json.Key != "backup")
                {
                    await json.SkipAsync(cancel);
                    continue;
                }

                await json.ExpectAsync(JsonTokenType.StartArray, "an array of backups", cancel);
                while (await json.ValueAsync(cancel) is { } backup)
                {
                    // Only --set prints this: then it is one backup, not the list.
                    isWhole &= !backup.Fields.Has("database-ref");
                    yield return Listing.Of(stanza.Row(backup, options));
                }
            }

            if (isWhole || stanza.Error is not null)
                yield return new Listed.Server(stanza.Name, stanza.Error);
        }

        if (Listing.Missing(Tool, stanzas.Select(stanza => stanza.Name).ToHashSet(StringComparer.Ordinal), options) is { } missing)
            yield return missing;
    }

    static async ValueTask<List<PgBackRestStanza>> StanzasAsync(Stream input, ListingOptions options, CancellationToken cancel)
    {
        using var json = new JsonStream(input);
        var stanzas = new List<PgBackRestStanza>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        await json.ExpectAsync(JsonTokenType.StartArray, "an array of stanzas", cancel);
        while (await json.PeekAsync(cancel) != JsonTokenType.EndArray)
        {
            var stanza = await StanzaAsync(json, options, cancel);
            if (!names.Add(stanza.Name))
                throw new ListingException(json.Path, $"the stanza {stanza.Name} is listed twice");
            stanzas.Add(stanza);
        }

        await json.ReadAsync(cancel);
        await json.ExpectAsync(JsonTokenType.None, "the end of the input", cancel);
        return stanzas;
    }

    static async ValueTask<PgBackRestStanza> StanzaAsync(JsonStream json, ListingOptions options, CancellationToken cancel)
    {
        await json.ExpectAsync(JsonTokenType.StartObject, "a stanza", cancel);
        var stanza = new PgBackRestStanza(json.Path);
        while (await json.ReadAsync(cancel) == JsonTokenType.PropertyName)
        {
            switch (json.Key)
            {
                case "backup":
                    await json.ExpectAsync(JsonTokenType.StartArray, "an array of backups", cancel);
                    await json.LeaveAsync(cancel);
                    stanza.HasBackups = true;
                    break;
                case "name" or "status" or "repo" or "db":
                    stanza.Take(json.Key, (await json.ValueAsync(cancel))!);
                    break;
                default:
                    await json.SkipAsync(cancel);
                    break;
            }
        }

        stanza.Complete(options);
        return stanza;
    }
}
