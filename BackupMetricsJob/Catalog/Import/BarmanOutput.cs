using System.Runtime.CompilerServices;
using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// `barman -f json list-backups SERVER...|all` and `show-backup SERVER ID`, of versions 2.12 to 3.17 (barman/output.py, JsonOutputWriter): an object with a
/// key for each server, whose value is a list or one backup, and keys with Barman's messages, which may stand behind the servers. So the input is read twice. An _ERROR or an
/// _EXCEPTION is the error of the servers that are listed beside it, since it does not say whose list is short; only what Barman says of one server's index of WAL is that server's.
/// </summary>
internal static class BarmanOutput
{
    const string Tool = "barman";

    public static async IAsyncEnumerable<Listed> ReadAsync(
        Stream input, ListingOptions options, [EnumeratorCancellation] CancellationToken cancel)
    {
        var from = input.Position;
        var survey = await BarmanSurvey.OfAsync(input, options, cancel);
        input.Position = from;
        using var json = new JsonStream(input);
        await json.ExpectAsync(JsonTokenType.StartObject, "an object of servers", cancel);
        while (await json.ReadAsync(cancel) == JsonTokenType.PropertyName)
        {
            var server = json.Key;
            if (BarmanSurvey.IsMessages(server))
            {
                await json.SkipAsync(cancel);
                continue;
            }

            if (await json.PeekAsync(cancel) == JsonTokenType.StartObject)
            {
                yield return Listing.Of(BarmanBackup.Shown(server, (await json.ValueAsync(cancel))!, survey.Options));
                continue;
            }

            await json.ExpectAsync(JsonTokenType.StartArray, "an array of backups", cancel);
            while (await json.ValueAsync(cancel) is { } backup)
                yield return Listing.Of(BarmanBackup.Listed(server, backup, survey.Options));
            yield return new Listed.Server(server, survey.ErrorOf(server));
        }

        if (survey.IsList && Missing(survey, options) is { } missing)
            yield return missing;
    }

    static Listed.Server? Missing(BarmanSurvey survey, ListingOptions options)
    {
        var missing = Listing.Missing(Tool, survey.Servers, options);
        if (survey.Servers.Count > 0 || survey.Errors.Count == 0)
            return missing;
        return missing is null
            ? throw new ListingException("", $"barman lists no server but an error ({survey.Words}): say with --server whose it is")
            : missing with { Error = survey.Words };
    }
}
