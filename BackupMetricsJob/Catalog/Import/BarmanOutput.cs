using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// `barman -f json list-backups SERVER...|all` and `show-backup SERVER ID`, versions 2.12 to 3.17 (barman/output.py, JsonOutputWriter): an
/// object with a key for each server, whose value is a list or one backup, and keys with Barman's messages. An _ERROR or _EXCEPTION counts
/// for all servers listed beside it, because it does not tell whose list is incomplete. The exception is the message about one server's WAL
/// index. A single server may be renamed. `barman-cloud-backup-list` is read, too.
/// </summary>
internal static class BarmanOutput
{
    public static IEnumerable<ListingItem> Read(JsonText json, ListingOptions options)
    {
        if (BarmanCloudList.Find(json) is { } cloud)
        {
            foreach (var item in BarmanCloudList.Read(cloud, options))
                yield return item;
            yield break;
        }

        var survey = BarmanSurvey.Read(json, options);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (printed, server) in survey.Servers)
        {
            var name = survey.Servers.Count == 1 ? options.Server ?? printed : printed;
            names.Add(name);
            if (server.Text.Kind == JsonTokenType.StartObject)
            {
                yield return Listing.Of(BarmanBackup.FromShowBackup(name, server.Text.Parse(), survey.Options));
                continue;
            }

            foreach (var item in server.Text.Items(BarmanSurvey.ExpectedList))
                yield return Listing.Read(item, name, "backup_id", backup => BarmanBackup.Listed(name, backup, server, survey.Options));
            yield return new ListingItem.CompleteServer(name, survey.ErrorOf(printed)) { Storages = server.IsPassive ? [] : null };
        }

        if (survey.IsList && Missing(survey, names, options) is { } missing)
            yield return missing;
    }

    static ListingItem.CompleteServer? Missing(BarmanSurvey survey, HashSet<string> names, ListingOptions options)
    {
        var missing = Listing.Missing("barman", names, options);
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
