using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>How far a restore is said to come is how far it comes, segment by segment, in thousands of made-up histories.</summary>
public sealed class ArchiveCoveragePropertyTests
{
    const int Worlds = 4000;

    [Theory]
    [InlineData(1L << 20, true)]
    [InlineData(16L << 20, false)]
    [InlineData(64L << 20, true)]
    [InlineData(1L << 30, true)]
    public void A_restore_ends_where_the_listing_says(long segmentSize, bool knowsSize)
    {
        var (holes, whole, incomplete) = (0, 0, 0);
        for (var seed = 0; seed < Worlds; seed++)
        {
            var world = new ArchiveWorld(seed, segmentSize);
            var listing = world.Listing(knowsSize);
            foreach (var backup in world.Backups)
            {
                foreach (var isAsked in new[] { true, false })
                {
                    var restored = world.Restore(backup, isAsked ? world.Current : null);
                    if (!restored.Begins)
                        continue;
                    var claim = isAsked ? new ArchiveClaim(segmentSize, world.Current, 0, null) : null;
                    var coverage = ArchiveCoverage.Compute(listing, [world.Backup(backup)], claim);
                    var at = $"seed {seed}, backup {backup}, asked {isAsked}\n{world}";
                    Assert.Null(coverage.UnknownReason);
                    if (string.CompareOrdinal(restored.Last?[8..], world.Backup(backup).StopSegment![8..]) < 0)
                    {
                        incomplete++;
                        Assert.True(coverage is { HasHole: true, Base: null, WithoutWal.Count: 1, Missing: > 0 }, at);
                        continue;
                    }

                    Assert.True(coverage.LastReplayed == restored.Last, $"{coverage.LastReplayed} and not {restored.Last}: {at}");
                    Assert.True(coverage.FirstMissing == restored.Missing, $"{coverage.FirstMissing} and not {restored.Missing}: {at}");
                    Assert.Equal(restored.Missing is not null, coverage.Missing > 0);
                    _ = restored.Missing is null ? whole++ : holes++;
                }
            }
        }

        // The worlds are of all kinds.
        Assert.True(holes > 1000 && whole > 1000 && incomplete > 100, $"{holes} holes, {whole} whole, {incomplete} incomplete");
    }
}
