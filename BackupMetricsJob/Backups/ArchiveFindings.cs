namespace BackupMetricsJob.Backups;

/// <summary>
/// What is wrong with the WAL archives according to their listings: holes, and listings that are too old or could not be read.
/// </summary>
internal static class ArchiveFindings
{
    const string TakeFull =
        "Take a full backup now: a restore stops at the first segment that is missing, so nothing later in the archive "
        + "helps a backup from before. "
        + "Only if pg_wal of the server still has the segment, store it with what archive_command calls, and list the archive again. "
        + "Then find out why it is missing: docs/evidence.md.";

    const string Again = "Run the import of the archive's listing by hand where it is run";

    public static void Add(List<Finding> findings, ArchiveAssessment archive, ProbeResult result)
    {
        var severalAreListed = archive.Coverages.Count + archive.Stale.Count > 1;
        foreach (var (listing, limit) in archive.Stale)
            findings.Add(
                new(
                    limit.Severity == Severity.Critical,
                    $"the {Of(listing)} was last listed at {Humanize.Time(listing.ListedAt!.Value)}, longer ago than "
                        + $"the {limit.Severity.Name()} "
                        + $"limit for base backups ({Humanize.Duration(limit.MaxAge)}): it proves nothing any more{Refused(listing)}",
                    Again + ", and read what it says: docs/evidence.md."
                )
            );
        foreach (var coverage in archive.Coverages)
        {
            if (coverage.UnknownReason is { } why)
                findings.Add(
                    new(
                        false,
                        $"the listing of the {Of(coverage.Listing)} says nothing: {why}{Refused(coverage.Listing)}",
                        "Import the list of backups, then the archive's listing: docs/evidence.md."
                    )
                );
            else if (coverage.Listing.Error is { } error)
                findings.Add(
                    new(
                        false,
                        $"the last listing of the {Of(coverage.Listing)} was refused, and that of "
                            + $"{Humanize.Time(coverage.Listing.ListedAt!.Value)} "
                            + $"still counts: {error}",
                        Again + "."
                    )
                );
            if (coverage.HasHole)
                findings.Add(new(coverage == archive.Best, Hole(coverage, result, severalAreListed), TakeFull));
        }

        if (archive.Best is { HasHole: false, Base: { } newest, Earlier: { } earlier })
            findings.Add(
                new(
                    false,
                    $"the WAL archive has a hole before the {newest.Type.Name()} backup of {Humanize.Time(newest.Finished)}: "
                        + $"{earlier.FirstMissing} is missing. A restore of the {earlier.From.Type.Name()} backup of "
                        + $"{Humanize.Time(earlier.From.Finished)} ends with {earlier.LastReplayed ?? "the backup itself"}, and no later "
                        + "moment before the newer backup can be restored",
                    "A restore to now does not need it. Keep that in mind before somebody asks for a moment in between; "
                        + "it ends when the older backup is deleted."
                )
            );
        foreach (var (_, tool, type, without, compared) in archive.WithoutWal().Where(kind => kind.Without > 0))
            findings.Add(
                new(
                    false,
                    $"{Newest(without, compared, type)} of {Humanize.Tool(tool)} cannot be restored: WAL of its own, between its start and "
                        + "its end, is not in the archive",
                    "Take a full backup, and see that its WAL is archived."
                )
            );
    }

    /// <summary>Names the affected backups: "the newest full backup", "each of the 2 newest", "1 of the 3 newest".</summary>
    static string Newest(int without, int compared, BackupType type) =>
        compared == 1 ? $"the newest {type.Name()} backup"
        : without == compared ? $"each of the {compared} newest {type.Name()} backups"
        : $"{without} of the {compared} newest {type.Name()} backups";

    static string Of(ArchiveListing listing) => $"archive \"{listing.Storage}\"";

    static string Refused(ArchiveListing listing) => listing.Error is { } error ? $"; the last import was refused: {error}" : "";

    static string Hole(ArchiveCoverage coverage, ProbeResult result, bool severalAreListed)
    {
        var of = severalAreListed ? $"the {Of(coverage.Listing)}" : "the WAL archive";
        var listed = $"by its listing of {Humanize.Time(coverage.Listing.ListedAt!.Value)}";
        if (coverage is { Base: null, LastReplayed: null })
        {
            var lost = coverage.BeginsTooLate ? "is missing, or was not listed" : "is missing";
            return $"none of the known base backups can be restored from {of}, {listed}: {coverage.FirstMissing} {lost}";
        }

        var all = coverage.Missing > 1 ? $", {Humanize.Segments(coverage.Missing)} in all" : "";
        var what =
            coverage.EndsTooEarly is { } known ? $"ends too early: {coverage.FirstMissing} is missing{all}, although {known}"
            : coverage.FirstMissing!.EndsWith(".history", StringComparison.Ordinal)
                ? $"lacks {coverage.FirstMissing}, without which a restore does not find that timeline"
            : $"has a hole: {coverage.FirstMissing} is missing{all}";
        var ends = coverage.LastReplayed is { } last ? $"a restore ends with {last}" : "a restore ends with the backup itself";
        var when = coverage.RecoverableUntil is { } until ? $", {Humanize.Since(until, result.At)} ago" : "";
        return $"{of} {what}, {listed}; {ends}{when}";
    }
}
