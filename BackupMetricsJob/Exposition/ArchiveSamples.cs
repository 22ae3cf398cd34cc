using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Exposition;

/// <summary>The metrics from the listings of an instance's WAL archives.</summary>
internal static class ArchiveSamples
{
    public static void Write(ArchiveEvidence evidence, ArchiveAssessment archive, SampleLabels labels, Samples samples)
    {
        foreach (var listing in evidence.Listings)
            samples.Set(ArchiveMetricNames.Listed, labels, listing.ListedAt?.UnixSeconds(), listing.Storage);
        foreach (var coverage in archive.Coverages.Where(coverage => coverage.UnknownReason is null))
            samples.Set(ArchiveMetricNames.MissingSegments, labels, coverage.Missing, coverage.Listing.Storage);
        foreach (var (source, tool, type, without, _) in archive.WithoutWal())
            samples.Set(ArchiveMetricNames.BackupWalMissing, labels, without, source, tool, type.Name());
    }
}
