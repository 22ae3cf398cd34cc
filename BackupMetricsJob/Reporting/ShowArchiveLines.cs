using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Reporting;

/// <summary>Writes a line about each listed WAL archive: the age of the listing, and how far a restore gets with the archive.</summary>
internal static class ShowArchiveLines
{
    public static void Write(ArchiveAssessment archive, DateTimeOffset now, Action<string, string> row)
    {
        foreach (var coverage in archive.Coverages.Where(coverage => coverage.UnknownReason is null))
            row("archive listed", $"{Age(coverage.Listing, now)}: {Describe(coverage)}");
        foreach (var (listing, _) in archive.Stale)
            row("archive listed", $"{Age(listing, now)}: too long ago to count");
    }

    static string Age(ArchiveListing listing, DateTimeOffset now) =>
        $"{Humanize.Since(listing.ListedAt!.Value, now)} ago ({listing.Storage})";

    static string Describe(ArchiveCoverage coverage) =>
        coverage switch
        {
            { HasHole: true } => $"{coverage.FirstMissing} is missing",
            { Base: { } of, LastReplayed: { } last } => $"whole from the {of.Type.Name()} backup of {Humanize.Time(of.Finished)} to {last}",
            _ => "nothing is missing",
        };
}
