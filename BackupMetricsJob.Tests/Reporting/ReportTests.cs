using BackupMetricsJob.Backups;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Exposition;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Reporting;

/// <summary>The reports for people.</summary>
public sealed class ReportTests
{
    static readonly IReadOnlyList<ProbeResult> Results =
    [
        Result,
        Result with
        {
            Instance = Orders with { Name = "stock" },
            Server = Server with
            {
                Archiver = Server.Archiver with { LastArchived = Noon.AddHours(-30), LastFailed = Noon.AddSeconds(-20) },
                Wal = Wal with
                {
                    ReadySegments = 120,
                    OldestReady = Noon.AddHours(-30),
                    NewestDone = Noon.AddHours(-30),
                    UnarchivedBytes = 2_000_000_000,
                },
            },
            Backups = [Backup with { Tool = "pgbackrest", LastSuccess = Noon.AddHours(-60), Age = TimeSpan.FromHours(60) }],
        },
        Result with
        {
            Instance = Orders with { Name = "fresh" },
            Failure = new(FailureReason.Privilege, "role monitor is not a member of pg_monitor"),
            Server = Server with { Wal = null, HistoryWasRead = false },
            Backups = [],
            MissingPrivileges = [new("may not read pg_wal", "GRANT pg_monitor TO monitor;")],
        },
        Result with
        {
            Instance = Orders with { Name = "standby" },
            Server = Server with { InRecovery = true },
            Backups = [],
        },
        Failed(FailureReason.Refused, "Failed to connect to 10.0.0.9:5432: Connection refused") with
        {
            Instance = Orders with { Name = "gone" },
        },
    ];

    [Fact]
    public void Show() => Snapshot.Matches("show.txt", Written(to => ShowText.Write(Results, to)));

    [Fact]
    public void A_server_that_has_archived_nothing_yet_is_shown_with_waiting_segments()
    {
        var young = Server with { Archiver = new(0, null, 0, null, null, null) };
        var waiting = young with
        {
            Started = Noon.AddSeconds(-30),
            Wal = Wal with { ReadySegments = 7, OldestReady = Noon.AddSeconds(-20) },
        };

        string Archiving(ServerEvidence server) =>
            Written(to => ShowText.Write([Result with { Server = server }], to))
                .Split('\n')
                .Single(line => line.Contains("WAL archiving", StringComparison.Ordinal))
                .Trim();

        Assert.Equal("WAL archiving       unknown: nothing has been archived, and nothing has failed, nothing waiting", Archiving(young));
        Assert.StartsWith(
            "WAL archiving       unknown: nothing has been archived, and nothing has failed, 7 segments waiting for 20 s",
            Archiving(waiting),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Summary() => Snapshot.Matches("summary.txt", Written(to => RunSummary.Write(Report, to)));

    [Fact]
    public void Summary_in_json() =>
        Snapshot.Matches("summary.json.txt", Written(to => RunSummaryJson.Write(Report, ExitCode.TargetFailed, Noon, to)));

    [Fact]
    public void Show_of_several_has_the_worst_first_and_ends_with_how_many_are_how()
    {
        var late = Result with { Backups = [Backup with { LastSuccess = Noon.AddHours(-60), Age = TimeSpan.FromHours(60) }] };
        ProbeResult Named(ProbeResult result, string name) => result with { Instance = result.Instance with { Name = name } };
        var free = Result with { Instance = Orders with { Limits = [] }, Backups = [] };
        ProbeResult[] results =
        [
            Named(Result, "well"),
            Named(Result with { Server = Server with { InRecovery = true }, Backups = [] }, "standby"),
            Named(free, "free"),
            .. Enumerable.Range(1, 7).Select(i => Named(late, $"late{i}")),
        ];

        var lines = Written(to => ShowText.Write(results, to)).Split('\n');

        Assert.Equal(
            ["late1", "late2", "late3", "late4", "late5", "late6", "late7", "free", "well", "standby"],
            lines
                .Where(line => line.Contains(", probed ", StringComparison.Ordinal))
                .Select(line => line[..line.IndexOf("  ", StringComparison.Ordinal)])
        );
        Assert.Equal(
            "10 databases: 7 critical (late1, late2, late3, late4, late5 and 2 more), 1 unknown (free), 1 ok, 1 not checked",
            lines[^2]
        );
        Assert.Contains("  no backup is known, and no limit asks for one", lines);
        Assert.DoesNotContain("databases:", Written(to => ShowText.Write([late], to)), StringComparison.Ordinal);
    }

    [Fact]
    public void Show_of_servers_in_a_catalogue() => Snapshot.Matches("show-found.txt", Written(to => ShowText.Write(Found, to)));

    /// <summary>It is no database of the reader's. Where it does not answer, that is told.</summary>
    [Fact]
    public void Show_says_nothing_of_the_catalogue_of_a_database_as_long_as_it_answers()
    {
        var catalogue = Result with { Instance = Result.Instance with { Name = "orders/catalogue" }, IsMonitored = false };
        var silent = catalogue with { Failure = new(FailureReason.Refused, "refused") };

        Assert.DoesNotContain("orders/catalogue", Written(to => ShowText.Write([Result, catalogue], to)), StringComparison.Ordinal);
        Assert.Contains("orders/catalogue ", Written(to => ShowText.Write([Result, silent], to)), StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_of_servers_in_a_catalogue() =>
        Snapshot.Matches("summary-found.txt", Written(to => RunSummary.Write(Report with { Results = Found }, to)));

    static IReadOnlyList<ProbeResult> Found { get; } =
    [
        Result with
        {
            Instance = Orders with { Name = "catalogue", Limits = [], Sources = [SourceName.Catalog] },
            Server = null,
            Backups = [],
            IsMonitored = false,
            SourcesThatAnswered = [SourceName.Catalog],
        },
        FoundInstancesTests.Stock,
        FoundInstancesTests.Stock with
        {
            Instance = Orders with { Name = "well" },
            Backups = [FoundInstancesTests.Full with { LastHasErrors = false, LastFailure = null, SizeRatio = 1, Running = null }],
        },
        FoundInstancesTests.Stock with
        {
            Instance = Orders with
            {
                Name = "dumps",
                Limits =
                [
                    new(LimitType.Logical, Severity.Warning, TimeSpan.FromHours(26)),
                    new(LimitType.RestoreTest, Severity.Warning, TimeSpan.FromDays(90)),
                ],
            },
            Backups =
            [
                new(SourceName.Catalog, "pg_dump", BackupType.Logical)
                {
                    LastSuccess = Noon.AddHours(-30),
                    Age = TimeSpan.FromHours(30),
                    LastDuration = TimeSpan.FromMinutes(10),
                    LastStored = 7_000_000,
                    Counts = new(3, 0, 0),
                },
            ],
        },
        FoundInstancesTests.Unbelieved,
    ];

    static RunReport Report { get; } =
        new(Results, TimeSpan.FromSeconds(1.25))
        {
            Pushes =
            [
                new(
                    new(PushResult.Stored, "http://gw:9091")
                    {
                        Status = 200,
                        Attempts = 1,
                        Elapsed = TimeSpan.FromSeconds(0.04),
                        ClockSkew = TimeSpan.Zero,
                    },
                    "walg_last_upload is a counter"
                )
                {
                    Samples = 99,
                },
            ],
        };

    static string Written(Action<TextWriter> write)
    {
        using var text = new StringWriter { NewLine = "\n" };
        write(text);
        return text.ToString();
    }
}
