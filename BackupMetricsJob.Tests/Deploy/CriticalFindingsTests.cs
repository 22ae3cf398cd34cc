using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// `show` and the alerts have one opinion: what `show` calls CRITICAL fires a critical alert, nothing else does, and it stops when all is
/// well. The states are pushed as they are, every minute for more than an hour, then as they are when all was mended for another, and
/// promtool evaluates the shipped rules over that.
/// </summary>
public sealed partial class CriticalFindingsTests
{
    static readonly TimeSpan Day = TimeSpan.FromDays(1);

    static readonly AgeLimit[] AllLimits =
    [
        .. AgeLimit.Defaults,
        new(LimitType.Logical, Severity.Critical, 2 * Day),
        new(LimitType.RestoreTest, Severity.Warning, 30 * Day),
        new(LimitType.RestoreTest, Severity.Critical, 90 * Day),
        new(LimitType.Rto, Severity.Warning, TimeSpan.FromHours(1)),
        new(LimitType.Rto, Severity.Critical, TimeSpan.FromHours(2)),
    ];

    static readonly BackupFacts Dump = new(SourceName.Query, "pg_dump", BackupType.Logical) { LastSuccess = Noon - Day, Age = Day };

    static readonly BackupFacts Restored = new(SourceName.Query, "wal-g", BackupType.RestoreTest)
    {
        LastSuccess = Noon - (5 * Day),
        Age = 5 * Day,
    };

    static BackupFacts Drilled(TimeSpan replay, TimeSpan shortfall) =>
        Restored with
        {
            LastTest = new(true, Restored.LastSuccess!.Value)
            {
                Durations = [new("fetch", TimeSpan.FromMinutes(1)), new("replay", replay), new("check", TimeSpan.FromHours(5))],
                Shortfall = shortfall,
            },
        };

    static IEnumerable<(string Name, ServerEvidence? Server)> Servers =>
        [
            ("healthy", Server),
            ("failing", Server with { Archiver = Server.Archiver with { LastFailed = Noon.AddSeconds(-5) } }),
            (
                "never",
                Server with
                {
                    Archiver = new(0, null, 7, Noon.AddSeconds(-5), null, null),
                    Wal = Waiting(5) with { DoneSegments = 0 },
                }
            ),
            ("stuck", Server with { Archiver = Server.Archiver with { LastArchived = Noon.AddMinutes(-9) }, Wal = Waiting(8) }),
            ("discards", Server with { DiscardReason = "true" }),
            ("no-command", Server with { HasArchiveCommand = false }),
            ("off", Server with { ArchiveMode = "off" }),
            ("standby", Server with { InRecovery = true }),
            ("waits-30-min", Server with { Archiver = Server.Archiver with { LastArchived = Noon.AddSeconds(-9) }, Wal = Waiting(30) }),
            ("waits-2-h", Server with { Archiver = Server.Archiver with { LastArchived = Noon.AddSeconds(-9) }, Wal = Waiting(120) }),
            ("slow-segment", Server with { Wal = Wal with { NewestDone = Noon.AddHours(-2), NewestBeforeUnarchived = Noon.AddHours(-2) } }),
        ];

    // What a server and a query that reports dumps know.
    static IEnumerable<(string Name, BackupFacts[] Backups)> Backups =>
        [
            ("fresh", [Backup, Dump]),
            ("warning", [Old(30), Dump]),
            ("critical", [Old(60), Dump]),
            ("none", [Dump]),
            ("no-dump", [Backup]),
            ("old-dump", [Backup, Dump with { LastSuccess = Noon - (3 * Day), Age = 3 * Day }]),
            ("dump-failed", [Backup, Dump with { LastFailure = Noon.AddHours(-7) }]),
            ("shrunk", [Backup, Dump with { SizeRatio = 0.2 }]),
        ];

    // What a catalogue knows besides.
    static IEnumerable<(string Name, BackupFacts[] Backups)> Listed =>
        [
            .. Backups.Select(backups => (backups.Name, (BackupFacts[])[.. backups.Backups, Restored])),
            ("no-restore", [Backup, Dump]),
            ("restore-40-d", [Backup, Dump, Restored with { LastSuccess = Noon - (40 * Day), Age = 40 * Day }]),
            ("restore-100-d", [Backup, Dump, Restored with { LastSuccess = Noon - (100 * Day), Age = 100 * Day }]),
            ("restore-failed", [Backup, Dump, Restored with { LastFailure = Noon.AddHours(-7) }]),
            ("no-restore-worked", [Backup, Dump, Restored with { LastSuccess = null, Age = null, LastFailure = Noon.AddHours(-7) }]),
            ("came-back-short", [Backup, Dump, Drilled(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(5))]),
            ("came-back-slowly", [Backup, Dump, Drilled(TimeSpan.FromMinutes(90), TimeSpan.Zero)]),
            ("came-back-too-slowly", [Backup, Dump, Drilled(TimeSpan.FromHours(3), TimeSpan.Zero)]),
            ("damaged", [Backup with { LastHasErrors = true }, Dump, Restored]),
            ("broken-chain", [Backup, Backup with { Type = BackupType.Incr, BrokenChains = 2 }, Dump, Restored]),
        ];

    static IEnumerable<ProbeResult> States =>
        [
            .. from server in Servers
            from backups in Backups
            select Of($"{server.Name}_{backups.Name}") with
            {
                Server = server.Server,
                Backups = backups.Backups,
            },
            .. from reason in Enum.GetValues<FailureReason>()
            select Of($"{reason}") with
            {
                Failure = new(reason, "it failed"),
                Server = reason is FailureReason.Privilege or FailureReason.BadData ? Server : null,
                Backups = [Backup, Dump],
                SourcesThatAnswered = [],
            },
            .. from listed in Listed
            select Of($"catalogue-beside-server_{listed.Name}") with
            {
                Instance = new($"catalogue-beside-server_{listed.Name}", [], AllLimits, [SourceName.Server, SourceName.Catalog]),
                Backups = [Backup, .. FromCatalog(listed.Backups)],
                SourcesThatAnswered = [SourceName.Server, SourceName.Catalog],
            },
            .. from hours in new[] { 0, 1, 3 }
            select Of($"off-with-its-wal-{hours}-h-ago") with
            {
                Server = Server with { ArchiveMode = "off", Wal = Wal with { ReceiversAreVisible = true } },
                Backups = [Old(hours) with { Source = SourceName.Query, HasItsWal = true }, Dump],
            },
            .. FullBackups,
            Of("without-wal_none") with
            {
                Server = Server with { Wal = null, HistoryWasRead = false },
                Omissions = Omissions.Wal,
                Backups = [Dump],
            },
            Of("another-catalogue-failed") with
            {
                Backups = [Backup, Dump],
                SourceFailures = [new(SourceName.Catalog, new(FailureReason.BadData, "the list could not be read"))],
            },
            .. from archive in Archives
            from isAsked in new[] { true, false }
            select (isAsked ? Of($"archive-{archive.Name}") : OfCatalog($"archive-by-others-{archive.Name}")) with
            {
                Backups = [.. isAsked ? [Backup] : (BackupFacts[])[], .. FromCatalog([Backup with { Tool = "wal-g" }, Dump, Restored])],
                SourcesThatAnswered = [SourceName.Server, SourceName.Query, SourceName.Catalog],
                Archive = archive.Evidence,
            },
            .. from backups in Listed
            select OfCatalog($"by-others_{backups.Name}") with
            {
                Backups = FromCatalog(backups.Backups),
                SourcesThatAnswered = [SourceName.Catalog],
            },
            .. from stored in Stored
            select OfCatalog($"copies_{stored.Name}") with
            {
                Instance = new($"copies_{stored.Name}", [], AllLimits, [SourceName.Catalog]) { Copies = stored.Asked },
                Backups = FromCatalog([Backup, Dump, Restored]),
                Storages = stored.Storages,
                SourcesThatAnswered = [SourceName.Catalog],
            },
            .. from stored in Stored
            select OfCatalog($"copies_a-source-failed_{stored.Name}") with
            {
                Instance = new($"copies_a-source-failed_{stored.Name}", [], AllLimits, [SourceName.Catalog]) { Copies = stored.Asked },
                Backups = FromCatalog([Backup, Dump, Restored]),
                Storages = stored.Storages,
                SourcesThatAnswered = [],
                SourceFailures = [new(SourceName.Catalog, new(FailureReason.BadData, "pgbackrest could not read repo2"))],
            },
            .. Windows,
            .. from backups in Listed
            select OfCatalog($"source-failed_{backups.Name}") with
            {
                Backups = FromCatalog(backups.Backups),
                SourcesThatAnswered = [],
                SourceFailures = [new(SourceName.Catalog, new(FailureReason.BadData, "the list could not be read"))],
            },
        ];

    [Fact]
    public async Task What_show_calls_critical_pages_and_nothing_else_does()
    {
        var (states, critical) = (Asked.Value.States, Asked.Value.Pages.Expected);
        Assert.True(states.Count > 120);
        Assert.InRange(critical.Count, states.Count / 4, states.Count * 9 / 10);

        Assert.Equal("", await DifferenceAsync(Asked.Value.Pages));
    }

    [Fact]
    public async Task And_once_all_is_well_nothing_pages_any_more()
    {
        Assert.All(Asked.Value.States, state => Assert.DoesNotContain(Findings.For(Mended(state)), finding => finding.IsCritical));

        Assert.Equal("", await DifferenceAsync(Asked.Value.StillPages));
        Assert.Equal("", await DifferenceAsync(Asked.Value.StillCritical));
    }

    static ProbeResult Of(string name) =>
        Result with
        {
            Instance = new(
                name,
                [],
                [.. AllLimits.Where(limit => limit.Type != LimitType.RestoreTest)],
                [SourceName.Server, SourceName.Query]
            ),
            SourcesThatAnswered = [SourceName.Server, SourceName.Query],
        };

    static ProbeResult OfCatalog(string name) =>
        Result with
        {
            IsTarget = false,
            Server = null,
            Instance = new(name, [], AllLimits, [SourceName.Catalog]),
        };

    static WalEvidence Waiting(int minutes) =>
        Wal with
        {
            ReadySegments = 3,
            OldestReady = Noon.AddMinutes(-minutes),
            OldestReadySegment = Noon.AddMinutes(-minutes),
            UnarchivedBytes = 3 * Segment,
        };

    static BackupFacts Old(int hours) => Backup with { LastSuccess = Noon.AddHours(-hours), Age = TimeSpan.FromHours(hours) };

    static BackupFacts[] FromCatalog(BackupFacts[] backups) => [.. backups.Select(backup => backup with { Source = SourceName.Catalog })];
}
