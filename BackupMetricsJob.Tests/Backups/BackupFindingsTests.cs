using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>What a person is told of a server that only a catalogue speaks of.</summary>
public sealed class BackupFindingsTests
{
    static readonly BackupFacts Full = new(SourceName.Catalog, "pgbackrest", BackupType.Full)
    {
        LastSuccess = Noon.AddHours(-3),
        Age = TimeSpan.FromHours(3),
        LastHasErrors = false,
        SizeRatio = 1,
    };

    static readonly ProbeResult Found = new(Orders with { Sources = [SourceName.Catalog] })
    {
        IsTarget = false,
        At = Noon,
        Duration = TimeSpan.Zero,
        Backups = [Full],
        SourcesThatAnswered = [SourceName.Catalog],
    };

    [Fact]
    public void Nothing_where_all_is_well() => AssertSaid(null, Full);

    [Fact]
    public void An_old_one() =>
        AssertSaid(
            "critical: the newest base backup is 51 h old, the critical limit is 50 h",
            Full with
            {
                LastSuccess = Noon.AddHours(-51),
                Age = TimeSpan.FromHours(51),
            }
        );

    [Fact]
    public void Errors_in_the_newest() =>
        AssertSaid("critical: the newest full backup of pgbackrest has errors in it", Full with { LastHasErrors = true });

    [Fact]
    public void A_size_that_collapsed_but_not_an_incremental_one_that_is_small()
    {
        AssertSaid("warning: the newest full backup of pgbackrest has 12 % of the usual size", Full with { SizeRatio = 0.12 });
        AssertSaid(null, Full with { Type = BackupType.Incr, SizeRatio = 0.12 });
    }

    [Theory]
    [InlineData("barman", 1, "1 full backup of barman cannot be restored: the WAL since its start", "barman: barman check SERVER.")]
    [InlineData("my-tool", 2, "2 full backups of my-tool cannot be restored: the WAL since their start", "my-tool.")]
    public void Backups_that_wait_for_their_WAL_with_advice_that_fits_the_tool(string tool, int waiting, string said, string advice)
    {
        var finding = Assert.Single(
            Findings.For(
                Found with
                {
                    Backups =
                    [
                        Full with
                        {
                            Tool = tool,
                            Counts = new(3, 0, 0) { Waiting = waiting },
                        },
                    ],
                }
            )
        );

        Assert.Equal((false, said + " has not arrived"), (finding.IsCritical, finding.Summary));
        Assert.Equal("Look why WAL does not reach " + advice, finding.Advice);
    }

    [Fact]
    public void A_failure_after_the_newest_good_one()
    {
        AssertSaid(
            "warning: the last full backup of pgbackrest failed at 2026-11-22 11:00:00 UTC",
            Full with
            {
                LastFailure = Noon.AddHours(-1),
            }
        );
        AssertSaid(null, Full with { LastFailure = Noon.AddHours(-4) });
    }

    [Fact]
    public void A_broken_chain() =>
        AssertSaid(
            "critical: 2 of the newest incr backups of pgbackrest cannot be restored: the backup they build on is gone",
            Full with
            {
                Type = BackupType.Incr,
                BrokenChains = 2,
            }
        );

    [Fact]
    public void One_that_runs_for_longer_than_any_before_it()
    {
        AssertSaid(
            "warning: a full backup of pgbackrest has been running for 5 h, longer than any before it (4 h)",
            Full with
            {
                Running = new(Noon.AddHours(-5), TimeSpan.FromHours(4)),
            }
        );
        AssertSaid(null, Full with { Running = new(Noon.AddHours(-5), TimeSpan.FromHours(6)) });
        AssertSaid(null, Full with { Running = new(Noon.AddHours(-5), null) });
    }

    [Fact]
    public void Limits_of_full_logical_and_restore_tests_where_they_are_set()
    {
        AgeLimit[] limits =
        [
            new(LimitType.Full, Severity.Warning, TimeSpan.FromHours(2)),
            new(LimitType.Logical, Severity.Critical, TimeSpan.FromHours(2)),
            new(LimitType.RestoreTest, Severity.Critical, TimeSpan.FromDays(30)),
        ];
        var strict = Found with { Instance = Found.Instance with { Limits = limits } };

        Assert.Equal(
            ["no logical backup is known", "no restore test is known", "the newest full backup is 3 h old, the warning limit is 2 h"],
            Findings.For(strict).Select(finding => finding.Summary)
        );
        var old = new BackupFacts(SourceName.Catalog, "wal-g", BackupType.RestoreTest)
        {
            LastSuccess = Noon.AddDays(-40),
            Age = TimeSpan.FromDays(40),
            LastFailure = Noon.AddDays(-1),
        };
        Assert.Contains(
            "the newest restore test is 40 days old, the critical limit is 30 days",
            Findings.For(strict with { Backups = [old] }).Select(finding => finding.Summary)
        );
        Assert.Contains(
            new Finding(true, "the last restore test of wal-g failed at 2026-11-21 12:00:00 UTC", "Read the log of wal-g."),
            Findings.For(strict with { Backups = [old] })
        );
    }

    /// <summary>The log of the backup tool says nothing of a question that was not answered as it should be.</summary>
    [Theory]
    [InlineData("preflight: no backup", "See that wal-g lists and reads its newest backup")]
    [InlineData("fetch: ended with 1: x", "Restore by hand with wal-g")]
    [InlineData("verify: the backup is not", "Take a new full backup, look at the storage")]
    [InlineData("replay: the server did not start", "Take a new full backup. Then find out why that WAL")]
    [InlineData("check: --query, statement 1: x", "It was restored, but what came back is not right")]
    [InlineData("the script of a colleague: x", "Read the log of wal-g.")]
    [InlineData("replay: pg_restore ended with 1: x", "Make a new dump, restore it by hand", "pg_dump")]
    public void A_restore_test_that_failed_is_advised_by_its_phase(string words, string advice, string tool = "wal-g")
    {
        var at = Noon.AddDays(-1);
        var failed = new BackupFacts(SourceName.Catalog, tool, BackupType.RestoreTest)
        {
            LastFailure = at,
            LastTest = new(false, at) { Failure = words },
        };

        var found = Assert.Single(Findings.For(Found with { Backups = [failed] }), finding => finding.Summary.Contains(words));

        Assert.StartsWith(advice, found.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tool_that_nobody_names_is_called_so_in_words()
    {
        var old = Found with
        {
            Backups =
            [
                Full with
                {
                    Tool = "unknown",
                    LastSuccess = Noon.AddHours(-60),
                    Age = TimeSpan.FromHours(60),
                    LastHasErrors = true,
                    SizeRatio = 0.2,
                    LastFailure = Noon,
                    BrokenChains = 1,
                    IsDatedByObject = true,
                    Counts = new(1, 0, 0, 1),
                    Running = new(Noon.AddHours(-2), TimeSpan.FromHours(1)),
                },
            ],
            Skipped = [new("unknown", 2, "no time")],
        };
        var told = Findings.For(old).Select(finding => $"{finding.Summary}. {finding.Advice}").ToList();
        var shown = new StringWriter();
        ShowText.Write([old], shown);

        Assert.True(told.Count >= 8);
        Assert.Contains(told, line => line.Contains("Find out why the backup tool has made none since", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains("backup of an unknown tool", StringComparison.Ordinal));
        Assert.All(told, line => Assert.DoesNotMatch("(?<!an )unknown", line));
        Assert.DoesNotMatch("(?<!an )unknown", shown.ToString());
    }

    [Fact]
    public void No_base_backup_where_the_source_answered_and_only_its_failure_where_it_did_not()
    {
        Assert.Equal(["no base backup is known"], Findings.For(Found with { Backups = [] }).Select(finding => finding.Summary));
        var failed = new SourceFailure(
            SourceName.Catalog,
            new(FailureReason.BadData, "source catalog: the import failed") { Advice = "Look." }
        );
        Assert.Equal(
            [new(true, "source catalog: the import failed", "Look.") { IsProbeFailure = true }],
            Findings.For(Found with { Backups = [], SourceFailures = [failed] })
        );
    }

    [Fact]
    public void Nothing_of_backups_where_the_database_only_holds_the_catalogue() =>
        Assert.Empty(Findings.For(Found with { Backups = [], IsMonitored = false }));

    [Fact]
    public void Every_source_that_failed_is_told_once()
    {
        SourceFailure[] failures =
        [
            new(SourceName.Catalog, new(FailureReason.Sql, "a")),
            new(SourceName.Query, new(FailureReason.BadData, "b")),
        ];

        var said = Findings
            .For(Found with { IsTarget = true, Failure = failures[0].Failure, SourceFailures = failures })
            .Select(finding => finding.Summary);

        Assert.Equal(["the probe failed (sql): a", "b"], said);
    }

    static void AssertSaid(string? expected, BackupFacts facts) =>
        Assert.Equal(
            expected is null ? [] : [expected],
            Findings
                .For(Found with { Backups = [facts] })
                .Select(finding => (finding.IsCritical ? "critical: " : "warning: ") + finding.Summary)
        );
}
