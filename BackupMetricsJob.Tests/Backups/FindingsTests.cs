using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>What a person is told.</summary>
public sealed class FindingsTests
{
    [Fact]
    public void A_healthy_database_has_none() => Assert.Empty(Findings.For(Result));

    [Theory]
    [InlineData(26, null)]
    [InlineData(27, "warning: the newest base backup is 27 h old, the warning limit is 26 h")]
    [InlineData(51, "critical: the newest base backup is 51 h old, the critical limit is 50 h")]
    public void An_old_backup_is_judged_by_its_limits(int hours, string? said)
    {
        var old = Backup with { Age = TimeSpan.FromHours(hours), LastSuccess = Noon.AddHours(-hours) };

        AssertSaid(said, Result with { Backups = [old] });
    }

    [Fact]
    public void A_label_that_may_not_be_read_is_missed_only_where_no_tool_tells_of_a_base_backup()
    {
        var result = Result with { MissingPrivileges = [new("may not read the label", "GRANT") { IsLabel = true }] };

        AssertSaid("warning: may not read the label", result);
        AssertSaid(
            "warning: may not read the label",
            result with
            {
                Backups = [.. result.Backups, Backup with { Source = "catalog", Type = BackupType.Logical }],
            }
        );
        AssertSaid(null, result with { Backups = [.. result.Backups, Backup with { Source = "catalog", Type = BackupType.Full }] });
    }

    [Fact]
    public void A_label_that_may_not_be_read_is_not_missed_where_no_base_backup_is_asked_for() =>
        AssertSaid(
            null,
            Result with
            {
                MissingPrivileges = [new("may not read the label", "GRANT") { IsLabel = true }],
                Instance = Orders with { Limits = [.. AgeLimit.Defaults.Where(limit => limit.Type != LimitType.Base)] },
            }
        );

    [Fact]
    public void A_newer_backup_of_another_tool_counts()
    {
        var old = Backup with { Age = TimeSpan.FromHours(99), LastSuccess = Noon.AddHours(-99) };

        AssertSaid(null, Result with { Backups = [old, Backup with { Tool = "wal-g" }] });
    }

    [Fact]
    public void No_backup_at_all_is_critical_but_not_on_a_standby_nor_where_nobody_may_look()
    {
        AssertSaid("critical: no base backup is known", Result with { Backups = [] });
        AssertSaid(null, Result with { Backups = [], Server = Server with { InRecovery = true } });
        AssertSaid(null, Result with { Backups = [], Server = Server with { HistoryWasRead = false } });
    }

    [Fact]
    public void No_backup_at_all_is_nothing_where_none_is_asked_for_and_a_warning_where_that_is_the_only_limit()
    {
        AssertSaid(
            null,
            Result with
            {
                Backups = [],
                Instance = Orders with { Limits = [.. AgeLimit.Defaults.Where(limit => limit.Type != LimitType.Base)] },
            }
        );
        AssertSaid(
            "warning: no base backup is known",
            Result with
            {
                Backups = [],
                Instance = Orders with { Limits = [AgeLimit.Defaults[0]] },
            }
        );
        var off = Server with { ArchiveMode = "off" };
        AssertSaid(null, Result with { Backups = [], Server = off, Instance = Orders with { Limits = [] } });
    }

    /// <summary>Taking one alone would change nothing: the server would still not know it.</summary>
    [Fact]
    public void Without_archive_mode_the_advice_is_what_makes_a_backup_known()
    {
        var finding = Findings.For(Result with { Backups = [], Server = Server with { ArchiveMode = "off" } })[0];

        Assert.Equal("no base backup is known: with archive_mode off, a server keeps no trace of one", finding.Summary);
        Assert.StartsWith("Turn archive_mode on, and take one. ", finding.Advice, StringComparison.Ordinal);
        Assert.Contains("backup-metrics record", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void No_backup_of_the_servers_is_known_while_another_source_that_may_know_one_fails()
    {
        var failed = new SourceFailure(SourceName.Catalog, new(FailureReason.Sql, "source catalog: words"));

        AssertSaid("critical: source catalog: words", Result with { Backups = [], SourceFailures = [failed] });
    }

    [Fact]
    public void A_server_that_is_not_asked_for_its_wal_has_no_backup_that_is_known()
    {
        var without = Result with { Backups = [], Omissions = Omissions.Wal, Server = Server with { Wal = null, HistoryWasRead = false } };

        AssertSaid("critical: no base backup is known: the server is not asked for one (without: wal)", without);
        AssertSaid(null, without with { Backups = [Backup with { Source = SourceName.Catalog }] });
        AssertSaid(null, without with { Instance = Orders with { Limits = [] } });
    }

    [Fact]
    public void A_standby_among_several_hosts_is_told_unless_it_was_asked_for()
    {
        var standby = Result with
        {
            Backups = [],
            Server = Server with { InRecovery = true },
            ConnectedTo = new("db2:5432", 150020, "monitor", true),
        };

        AssertSaid(null, standby);
        AssertSaid(
            "warning: db2:5432, the first host that answered, is a standby: the primary's backups and archive are not looked at",
            standby with
            {
                ConnectedTo = standby.ConnectedTo! with { IsAnyOfSeveral = true },
            }
        );
        AssertSaid(null, Result with { ConnectedTo = new("db1:5432", 150020, "monitor", false) { IsAnyOfSeveral = true } });
    }

    [Fact]
    public void Wal_that_waits_too_long_is_told_and_wal_that_waits_shortly_is_not()
    {
        var slow = Server with { Archiver = Server.Archiver with { LastArchived = Noon } };
        AssertSaid(null, Result with { Server = slow with { Wal = Wal with { ReadySegments = 1, OldestReady = Noon.AddMinutes(-14) } } });
        AssertSaid(
            "critical: WAL has been waiting for 2 h (7 segments), the critical limit is 60 min",
            Result with
            {
                Server = slow with { Wal = Wal with { ReadySegments = 7, OldestReady = Noon.AddHours(-2) } },
            }
        );
    }

    [Fact]
    public void A_failing_archiver_tells_when_it_last_worked() =>
        AssertSaid(
            "critical: WAL archiving is failing; the last success was at 2026-11-22 11:57:00 UTC",
            Result with
            {
                Server = Server with { Archiver = Server.Archiver with { LastFailed = Noon } },
            }
        );

    [Fact]
    public void An_archiver_that_fails_without_being_counted_says_so() =>
        AssertSaid(
            "critical: WAL archiving is failing: nothing was archived for 3 min although WAL is waiting. PostgreSQL counts no failure "
                + "when the command exits with a code above 125 "
                + "or the library cannot be loaded; the last success was at 2026-11-22 11:57:00 UTC",
            Result with
            {
                Server = Server with { Wal = Wal with { ReadyOthers = 1, OldestReady = Noon.AddMinutes(-4) } },
            }
        );

    [Theory]
    [InlineData("true", "only does \"true\"")]
    [InlineData("|| true", "ends in \"|| true\" or the like, which hides every failure")]
    [InlineData("nothing", "is empty or a comment")]
    public void A_command_that_throws_wal_away_is_named_by_its_kind(string word, string said) =>
        AssertSaid(
            $"critical: archive_command throws WAL away: it {said}, so PostgreSQL believes that the WAL is stored and deletes it",
            Result with
            {
                Server = Server with { DiscardReason = word },
            }
        );

    [Fact]
    public void A_clock_that_is_off_is_told() =>
        AssertSaid("warning: the server's clock is 42 s behind this host's", Result with { ClockOffset = TimeSpan.FromSeconds(-42) });

    [Fact]
    public void What_is_critical_comes_first()
    {
        var findings = Findings.For(Result with { ClockOffset = TimeSpan.FromHours(1), Failure = new(FailureReason.Sql, "words") });

        Assert.Equal([true, false], findings.Select(finding => finding.IsCritical));
        Assert.All(findings, finding => Assert.NotEmpty(finding.Advice));
    }

    static void AssertSaid(string? expected, ProbeResult result)
    {
        var said = Findings.For(result).Select(finding => (finding.IsCritical ? "critical: " : "warning: ") + finding.Summary);
        Assert.Equal(expected is null ? [] : [expected], said);
    }
}
