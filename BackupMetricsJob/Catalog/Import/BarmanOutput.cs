using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// `barman -f json list-backups SERVER...|all` and `show-backup SERVER ID`, of versions 2.12 to 3.17 (barman/output.py, JsonOutputWriter):
/// an object with a key for each server, whose value is a list or one backup, and keys with Barman's messages. An _ERROR or an _EXCEPTION
/// is the error of the servers that are listed beside it, since it does not say whose list is short; only what Barman says of one server's
/// index of WAL is that server's.
/// </summary>
internal static class BarmanOutput
{
    public static IEnumerable<Listed> Read(JsonText json, ListingOptions options)
    {
        var survey = BarmanSurvey.Read(json, options);
        foreach (var (server, text) in survey.Servers)
        {
            if (text.Kind == JsonTokenType.StartObject)
            {
                yield return Listing.Of(BarmanBackup.FromShowBackup(server, text.Parse(), survey.Options));
                continue;
            }

            foreach (var item in text.Items(BarmanSurvey.ExpectedList))
                yield return Listing.Of(BarmanBackup.Listed(server, item.Parse(), survey.Options));
            yield return new Listed.Server(server, survey.ErrorOf(server));
        }

        if (survey.IsList && Missing(survey, options) is { } missing)
            yield return missing;
    }

    static Listed.Server? Missing(BarmanSurvey survey, ListingOptions options)
    {
        var missing = Listing.Missing("barman", survey.Servers.Keys, options);
        if (survey.Servers.Count > 0 || survey.Errors.Count == 0)
            return missing;
        return missing is null
            ? throw new ListingException("", $"barman lists no server but an error ({survey.ErrorText}): say with --server whose it is")
            : missing with
            {
                Error = survey.ErrorText,
            };
    }
}
