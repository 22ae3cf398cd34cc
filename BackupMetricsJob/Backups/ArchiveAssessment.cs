namespace BackupMetricsJob.Backups;

/// <summary>
/// What the archives' own listings say of an instance, beside the server's evidence: of several archives the one that a restore comes
/// furthest with. A listing that is older than the limit for base backups is no evidence.
/// </summary>
/// <param name="Coverages">All of those that are not too old, in the order of their names.</param>
internal sealed record ArchiveAssessment(IReadOnlyList<ArchiveCoverage> Coverages)
{
    /// <summary>The archive that a restore comes furthest with; null where nothing is known of any.</summary>
    public ArchiveCoverage? Best { get; private init; }

    /// <summary>The listings that are older than the limit, with the limit that they pass.</summary>
    public IReadOnlyList<(ArchiveListing Listing, AgeLimit Limit)> Stale { get; private init; } = [];

    /// <summary>
    /// From when on each archive is whole, by its name. What an old listing lacks is still missing, so it counts here.
    /// </summary>
    public IReadOnlyList<(string Storage, ArchiveWindow Window)> Windows { get; private init; } = [];

    /// <summary>Null where no archive of the instance was ever listed.</summary>
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

    /// <summary>How many backups of each kind, of those compared, lack WAL of their own in every archive.</summary>
    public IEnumerable<(string Source, string Tool, BackupType Type, int Without, int Compared)> WithoutWal()
    {
        var whole = Coverages.SelectMany(coverage => coverage.WithWal).ToHashSet();
        var compared = Coverages.SelectMany(coverage => coverage.WithoutWal).Union(whole);
        return compared
            .GroupBy(backup => (backup.Source, backup.Tool, backup.Type))
            .Select(kind => (kind.Key.Source, kind.Key.Tool, kind.Key.Type, kind.Count(backup => !whole.Contains(backup)), kind.Count()));
    }

    /// <summary>
    /// Whether the archive was listed after the server last archived anything, so that nothing stands on the server's evidence alone.
    /// </summary>
    public bool ConfirmsServer(ServerEvidence server) =>
        Best is { HasHole: false } best
        && ArchiveClaim.From(server, null) is { } claim
        && claim.End <= best.End + 1
        && IsOfTimeline(claim, best);

    /// <summary>
    /// Whether the server's evidence is enough for what it archived since the listing: it is on the same timeline, and has archived as many
    /// files.
    /// </summary>
    public bool IsConsistentWithServer(ServerEvidence server) =>
        Best is { HasHole: false, Base: not null } best
        && ArchiveClaim.From(server, null) is { } claim
        && (ConfirmsServer(server) || (best.Timeline == claim.Timeline && claim.End - best.End - 1 <= server.Archiver.ArchivedCount));

    // Right after a failover nothing is archived on the new timeline, and nothing need be.
    static bool IsOfTimeline(ArchiveClaim claim, ArchiveCoverage best) => best.Timeline == claim.Timeline || claim.End == best.End + 1;

    // What only the server saw stopped.
    static IReadOnlyList<ArchivedBackup> Own(ServerEvidence? server) =>
        server is { BaseBackup: { } own, Wal: { BackupStart: { } start, BackupTimeline: { } timeline } }
            ? [new(SourceName.Server, own.Tool, BackupType.Base, own.Finished) { StartLsn = start, Timeline = timeline }]
            : [];
}
