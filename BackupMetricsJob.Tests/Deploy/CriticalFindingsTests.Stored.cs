using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>Where backups and WAL are stored: in storages, and in archives that were listed.</summary>
public sealed partial class CriticalFindingsTests
{
    static IEnumerable<(string Name, int? Asked, StorageFacts[] Storages)> Stored =>
        [
            ("both", 2, [In("repo1", 3), In("repo2", 40)]),
            ("behind", 2, [In("repo1", 3), In("repo2", 60)]),
            ("behind-and-one-is-enough", 1, [In("repo1", 3), In("repo2", 60)]),
            ("behind-and-nobody-asked", null, [In("repo1", 3), In("repo2", 60)]),
            ("unreadable", 2, [In("repo1", 3), In("repo2", 3) with { Error = "[13] Permission denied" }]),
            ("empty", 2, [In("repo1", 3), new(SourceName.Catalog, "pg_basebackup", "repo2")]),
            ("emptied-and-nobody-asked", null, [In("repo1", 3), new(SourceName.Catalog, "pg_basebackup", "repo2") { IsEmptied = true }]),
            ("one", 2, [In("repo1", 3)]),
            ("one-and-nobody-asked", null, []),
            ("nobody-says", 2, []),
            ("chain-broken-in-one", 2, [Chained("repo1", 0), Chained("repo2", 2)]),
            ("chain-broken-in-one-and-nobody-asked", null, [Chained("repo1", 0), Chained("repo2", 2)]),
        ];

    static StorageFacts Chained(string name, int broken)
    {
        var stored = In(name, 3);
        return stored with { Newest = [.. stored.Newest, stored.Newest[0] with { Type = BackupType.Incr, BrokenChains = broken }] };
    }

    static StorageFacts In(string name, int hours) =>
        new(SourceName.Catalog, "pg_basebackup", name)
        {
            Newest = [new(BackupType.Full, Noon.AddHours(-hours), TimeSpan.FromHours(hours))],
        };

    // What the listings of archives say of a backup that has segment 5; the server has archived all before segment 7.
    static IEnumerable<(string Name, ArchiveEvidence Evidence)> Archives =>
        [
            ("whole", Archive(Held("one", 0, (5, 6)))),
            ("hole", Archive(Held("one", 0, (5, 5), (7, 9)))),
            ("none-restorable", Archive(Held("one", 0, (6, 9)))),
            ("one-of-two", Archive(Held("one", 0, (5, 5), (7, 9)), Held("two", 0, (5, 9)))),
            ("both", Archive(Held("one", 0, (5, 5), (7, 9)), Held("two", 0, (5, 6), (8, 9)))),
            ("30-h-ago", Archive(Held("one", 30, (5, 9)))),
            ("60-h-ago", Archive(Held("one", 60, (5, 5), (7, 9)))),
            ("not-compared", new([Held("one", 0, (5, 9))], [])),
        ];

    // With a hole before the newest backup, the older one does not reach until now.
    static IEnumerable<ProbeResult> Windows =>
        from days in new int?[] { null, 10, 20, 40 }
        from isHoled in new[] { false, true }
        select OfCatalog($"window_{days}_{isHoled}") with
        {
            Instance = new($"window_{days}_{isHoled}", [], AllLimits, [SourceName.Catalog])
            {
                Window = [new(Severity.Warning, 28 * Day), new(Severity.Critical, 14 * Day)],
            },
            Backups = FromCatalog([Backup with { Tool = "wal-g", Type = BackupType.Full, Oldest = Noon - (days * Day) }, Dump, Restored]),
            Archive = isHoled && days is { } old ? Before(Archive(Held("one", 0, (1, 2), (5, 9))), old) : null,
            SourcesThatAnswered = [SourceName.Catalog],
        };

    static ArchiveEvidence Before(ArchiveEvidence archive, int days) =>
        archive with
        {
            Backups =
            [
                .. archive.Backups,
                archive.Backups[0] with
                {
                    Finished = Noon - (days * Day),
                    StartSegment = SegmentName.Format(1, 1),
                    StopSegment = SegmentName.Format(1, 1),
                },
            ],
        };

    static ArchiveEvidence Archive(params ArchiveListing[] listings) =>
        new(
            listings,
            [
                new(SourceName.Catalog, "wal-g", BackupType.Full, Backup.LastSuccess!.Value)
                {
                    StartSegment = SegmentName.Format(1, 5),
                    StopSegment = SegmentName.Format(1, 5),
                },
            ]
        );

    static ArchiveListing Held(string storage, int hoursAgo, params (long First, long Last)[] segments) =>
        new(storage)
        {
            ListedAt = Noon.AddHours(-hoursAgo),
            Segments = [.. segments.Select(range => new WalRange(1, range.First, range.Last, Noon.AddMinutes(-hoursAgo)))],
        };
}
