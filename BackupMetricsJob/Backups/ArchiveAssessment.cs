namespace BackupMetricsJob.Backups;

/// <summary>
/// What the archive listings show about an instance, in addition to the server's evidence. If there are several archives, the one that
/// allows a restore to the latest point counts. A listing older than the limit for base backups is no evidence.
/// </summary>
/// <param name="Coverages">The coverage of each listing that is not too old, ordered by name.</param>
internal sealed record ArchiveAssessment(IReadOnlyList<ArchiveCoverage> Coverages)
{
    /// <summary>The archive that allows a restore to the latest point; null if no archive's coverage is known.</summary>
    public ArchiveCoverage? Best { get; private init; }

    /// <summary>The listings that are older than a limit, each with the limit it exceeds.</summary>
    public IReadOnlyList<(ArchiveListing Listing, AgeLimit Limit)> Stale { get; private init; } = [];

    /// <summary>
    /// By archive name, the time since when no WAL is missing. WAL missing from an old listing is still missing, so old listings count here
    /// too.
    /// </summary>
    public IReadOnlyList<(string Storage, ArchiveWindow Window)> Windows { get; private init; } = [];

    /// <summary>Null if no archive of the instance was ever listed.</summary>
    public static ArchiveAssessment? For(ProbeResult result)
    {
        if (result.Archive is not { Listings.Count: > 0 } evidence)
            return null;
        var backups = evidence.Backups.Count > 0 ? evidence.Backups : Own(result.Server);
        var claim = ArchiveClaim.From(result.Server, result.ClockOffset);
        var coverages = new List<ArchiveCoverage>();
        var stale = new List<(ArchiveListing, AgeLimit)>();
        var windows = new List<(string, ArchiveWindow)>();
        foreach (var listing in evidence.Listings)
        {
            var coverage = ArchiveCoverage.Compute(listing, backups, claim);
            windows.AddRange(coverage.Windows.Select(window => (listing.Storage, window)));
            if (listing.ListedAt is { } at && BackupFindings.Passed(result.Instance, LimitType.Base, result.At - at) is { } limit)
                stale.Add((listing, limit));
            else
                coverages.Add(coverage);
        }

        return new(coverages)
        {
            Best = coverages
                .Where(coverage => coverage.UnknownReason is null)
                .OrderBy(coverage => coverage.HasHole)
                .ThenByDescending(coverage => coverage.End)
                .ThenByDescending(coverage => coverage.RecoverableUntil)
                .FirstOrDefault(),
            Stale = stale,
            Windows = windows,
        };
    }

    /// <summary>For each kind of backup, how many of the compared backups lack their own WAL in every archive.</summary>
    public IEnumerable<(string Source, string Tool, BackupType Type, int Without, int Compared)> WithoutWal()
    {
        var whole = Coverages.SelectMany(coverage => coverage.WithWal).ToHashSet();
        var compared = Coverages.SelectMany(coverage => coverage.WithoutWal).Union(whole);
        return compared
            .GroupBy(backup => (backup.Source, backup.Tool, backup.Type))
            .Select(kind => (kind.Key.Source, kind.Key.Tool, kind.Key.Type, kind.Count(backup => !whole.Contains(backup)), kind.Count()));
    }

    /// <summary>
    /// Whether the archive was listed after the server last archived a file, so that the result does not depend on the server's evidence
    /// alone.
    /// </summary>
    public bool ConfirmsServer(ServerEvidence server) =>
        Best is { HasHole: false } best
        && ArchiveClaim.From(server, null) is { } claim
        && claim.End <= best.End + 1
        && IsOfTimeline(claim, best);

    /// <summary>
    /// Whether the server's evidence covers what it archived after the listing: it is on the same timeline, and it has archived at least as
    /// many files as follow the listing.
    /// </summary>
    public bool IsConsistentWithServer(ServerEvidence server) =>
        Best is { HasHole: false, Base: not null } best
        && ArchiveClaim.From(server, null) is { } claim
        && (ConfirmsServer(server) || (best.Timeline == claim.Timeline && claim.End - best.End - 1 <= server.Archiver.ArchivedCount));

    // Right after a failover, nothing has been archived on the new timeline yet, and nothing has to be.
    static bool IsOfTimeline(ArchiveClaim claim, ArchiveCoverage best) => best.Timeline == claim.Timeline || claim.End == best.End + 1;

    // The backup for which only the server saw the stop.
    static IReadOnlyList<ArchivedBackup> Own(ServerEvidence? server) =>
        server is { BaseBackup: { } own, Wal: { BackupStart: { } start, BackupTimeline: { } timeline } }
            ? [new(SourceName.Server, own.Tool, BackupType.Base, own.Finished) { StartLsn = start, Timeline = timeline }]
            : [];
}
