using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;

namespace BackupMetricsJob.Reporting;

/// <summary>The result of one import, in words.</summary>
/// <param name="Tool">The tool whose output was imported.</param>
/// <param name="Failure">Why the import failed, wholly or in part; null if it succeeded.</param>
/// <param name="Warnings">What was not credible; one line each.</param>
/// <param name="Summary">What was changed; null if nothing was changed because of the failure.</param>
internal sealed record ImportReport(string Tool, CatalogFailure? Failure, IReadOnlyList<string> Warnings, string? Summary)
{
    const int MaxSkippedLines = 10;

    /// <summary>Says that the catalogue was created; null if it existed.</summary>
    public string? Note { get; init; }

    /// <summary>Whether there is nothing that a person must read.</summary>
    public bool IsAllWell => Failure is null && Warnings.Count == 0 && Note is null;

    public static ImportReport From(ImportResult result) =>
        result is { Failure: not null, Servers: 0 }
            ? new(result.Tool, result.Failure, [], null)
            : new(result.Tool, result.Failure, WarningsOf(result), SummaryOf(result));

    public static ImportReport From(ArchiveListingOptions about, ArchiveListingResult result)
    {
        const string Archive = "archive";
        if (result.Failure is not null || result.Listed is not { } listed)
            return new(Archive, result.Failure, [], null);
        List<string> warnings = result.Note is { } note ? [Words(note)] : [];
        if (listed.Broken > 0)
            warnings.Add(
                $"{Humanize.Count(listed.Broken, "file")} named like a segment {(listed.Broken == 1 ? "is" : "are")} empty or not "
                    + "as long as a segment: not counted, since a restore stops there"
            );
        var timelines = listed.Segments.Select(run => run.Timeline).Distinct().Count();
        return new(
            Archive,
            null,
            warnings,
            $"archive: {Humanize.Segments(listed.Names)} in {Humanize.Count(listed.Segments.Count, "range")} on "
                + $"{Humanize.Count(timelines, "timeline")}, listed at {Humanize.Time(result.ListedAt)} "
                + $"(server {about.Server}, storage {about.Storage})"
        );
    }

    public static string Words(ListingItem.Note note) => $"\"{note.OfServer}\": {note.Text}";

    static List<string> WarningsOf(ImportResult result)
    {
        var warnings = new List<string>();
        foreach (var (server, error) in result.Errors)
            warnings.Add(
                $"{result.Tool} could not list \"{server}\". The catalogue has recorded this; the backups of the server are "
                    + $"unchanged: {error}"
            );
        foreach (var (server, repository) in result.Unreadable)
            warnings.Add(
                $"{result.Tool} could not read {repository.Storage} of \"{server}\". The catalogue has recorded this; the backups "
                    + $"in it are unchanged, and those in the others are imported: {repository.Error}"
            );
        foreach (var (server, backups, cluster) in result.History)
            warnings.Add(
                $"{Humanize.Count(backups, "backup")} of \"{server}\" {(backups == 1 ? "is" : "are")} history now: "
                    + $"the server is another cluster than the one that they are of ({cluster})"
            );
        foreach (var skipped in result.Skipped.Take(MaxSkippedLines))
            warnings.Add(
                $"skipped the backup {skipped.BackupId ?? "without a name"} of \"{skipped.OfServer ?? "unknown"}\": {skipped.Problem}"
            );
        foreach (var note in result.Notes)
            warnings.Add(Words(note));
        foreach (var server in result.DatedByObjects)
            warnings.Add(
                $"the list of \"{server}\" has no times at which backups finished, only those at which their objects were stored: "
                    + "a copied backup looks new. "
                    + (
                        result.Tool == "wal-g"
                            ? $"Import `{ToolOutput.Command(result.Tool)}`"
                            : $"A newer version of {result.Tool} may list when they finished"
                    )
            );
        return warnings;
    }

    static string SummaryOf(ImportResult result)
    {
        var counts = string.Create(
            CultureInfo.InvariantCulture,
            $"{result.New} new, {result.Changed} changed, {result.Gone} gone, {result.Unchanged} unchanged"
        );
        if (result.Skipped.Count > 0)
            counts += string.Create(CultureInfo.InvariantCulture, $", {result.Skipped.Count} skipped");
        return $"{result.Tool}: {counts} ({Humanize.Count(result.Servers, "server")})";
    }
}
