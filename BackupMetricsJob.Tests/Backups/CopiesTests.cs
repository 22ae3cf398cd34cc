using BackupMetricsJob.Backups;
using BackupMetricsJob.Checking;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>In how many storages a backup is that is new enough, and what is said where there are too few.</summary>
public sealed class CopiesTests
{
    static readonly BackupFacts Full = new(SourceName.Catalog, "pgbackrest", BackupType.Full)
    {
        LastSuccess = Noon.AddHours(-3),
        Age = TimeSpan.FromHours(3),
    };

    static readonly ProbeResult Two = new(Orders with { Sources = [SourceName.Catalog], Copies = 2 })
    {
        IsTarget = false,
        At = Noon,
        Duration = TimeSpan.Zero,
        Backups = [Full],
        Storages = [In("repo1", 3), In("repo2", 40)],
        SourcesThatAnswered = [SourceName.Catalog],
    };

    [Fact]
    public void The_newest_backup_of_any_type_within_the_longest_limit_counts()
    {
        Assert.Equal(2, Two.Copies!.Count); // 40 h are beyond the limit of the warning, and within the critical one.
        Assert.Equal(1, (Two with { Storages = [In("repo1", 3), In("repo2", 51)] }).Copies!.Count);
        Assert.Equal(2, (Two with { Storages = [In("repo1", 3), In("repo2", 400, (BackupType.Incr, 49))] }).Copies!.Count);
        Assert.Equal(
            0,
            (Two with { Storages = [In("repo1", 60), In("repo2", 51)], Backups = [Full with { Age = TimeSpan.FromHours(51) }] })
                .Copies!
                .Count
        );
        Assert.Empty(Findings.For(Two));
    }

    [Fact]
    public void One_that_fell_behind_is_named_with_its_age() =>
        AssertSaid(
            Two with
            {
                Storages = [In("repo1", 3), In("repo2", 240)],
            },
            "1 storage has a backup that is new enough, 2 are asked for (copies: 2); "
                + "repo2 (pgbackrest): its newest is 10 days old, the limit is 50 h",
            "Read the log of pgbackrest: see that it can read repo2, and that backups into it are scheduled."
        );

    [Fact]
    public void One_that_could_not_be_read_is_no_copy_however_new_its_backup() =>
        AssertSaid(
            Two with
            {
                Storages = [In("repo1", 3), In("repo2", 3) with { Error = "[13] Permission denied" }],
            },
            "1 storage has a backup that is new enough, 2 are asked for (copies: 2); repo2 (pgbackrest): could not be read",
            "Read the log of pgbackrest: see that it can read repo2, and that backups into it are scheduled."
        );

    [Fact]
    public void One_without_a_backup_has_none() =>
        AssertSaid(
            Two with
            {
                Storages = [In("repo1", 3), new(SourceName.Catalog, "pgbackrest", "repo2")],
            },
            "1 storage has a backup that is new enough, 2 are asked for (copies: 2); repo2 (pgbackrest): has none",
            "Read the log of pgbackrest: see that it can read repo2, and that backups into it are scheduled."
        );

    [Fact]
    public void One_that_lost_all_that_it_had_is_told_also_where_nobody_asked()
    {
        var emptied = new StorageFacts(SourceName.Catalog, "pgbackrest", "it's old") { IsEmptied = true };
        var finding = Assert.Single(
            Findings.For(Two with { Instance = Two.Instance with { Copies = null }, Storages = [In("repo1", 3), emptied] })
        );

        Assert.Equal((false, "it's old held backups of pgbackrest, and has none now"), (finding.IsCritical, finding.Summary));
        Assert.Equal(
            "See whether somebody deleted them, and take a full backup into it's old. If it is no longer used: "
                + "backup-metrics catalog forget --server orders --tool pgbackrest --storage 'it'\\''s old'",
            finding.Advice
        );
        Assert.Empty(
            Findings.For(
                Two with
                {
                    Instance = Two.Instance with { Copies = null },
                    Storages = [In("repo1", 3), emptied with { IsEmptied = false }],
                }
            )
        );
    }

    [Fact]
    public void What_only_the_server_knows_is_one_copy_at_most() =>
        AssertSaid(
            Result with
            {
                Instance = Orders with { Copies = 2 },
            },
            "1 storage has a backup that is new enough, 2 are asked for (copies: 2)",
            "Only the catalogue knows storages: import the list of every one of them, or ask for fewer copies."
        );

    [Fact]
    public void A_storage_that_is_alone_counts_by_what_is_known_of_its_tool()
    {
        var alone = new StorageFacts(SourceName.Catalog, "pgbackrest", "repo1");
        Assert.Equal(1, (Two with { Storages = [alone] }).Copies!.Count);
        Assert.Equal(0, (Two with { Storages = [alone with { Error = "no" }] }).Copies!.Count);
    }

    [Fact]
    public void Two_tools_are_two_copies() =>
        Assert.Equal(2, (Two with { Storages = [], Backups = [Full, Full with { Tool = "wal-g" }] }).Copies!.Count);

    [Fact]
    public void Without_a_limit_for_base_backups_full_ones_are_looked_at_then_dumps_then_any()
    {
        ProbeResult With(params AgeLimit[] limits) => Two with { Instance = Two.Instance with { Limits = limits } };
        var old = (StorageFacts[])[In("repo1", 3), In("repo2", 100, (BackupType.Incr, 1))];
        var day = TimeSpan.FromDays(1);
        Assert.Equal(1, (With(new AgeLimit(LimitType.Full, Severity.Critical, day)) with { Storages = old }).Copies!.Count);
        Assert.Equal(2, (With() with { Storages = old }).Copies!.Count);
        Assert.Equal(0, (With(new AgeLimit(LimitType.Logical, Severity.Critical, day)) with { Storages = old }).Copies!.Count);
        Assert.Equal(
            1,
            (
                With(new AgeLimit(LimitType.Logical, Severity.Critical, day)) with
                {
                    Storages = [In("/dumps", 100, (BackupType.Logical, 3)), In("s3", 100, (BackupType.Logical, 30))],
                }
            )
                .Copies!
                .Count
        );
    }

    [Fact]
    public void Where_nobody_asked_it_is_known_of_several_storages_only_and_nothing_is_said()
    {
        var unasked = Two with { Instance = Two.Instance with { Copies = null } };
        Assert.Equal(1, (unasked with { Storages = [In("repo1", 3), In("repo2", 240)] }).Copies!.Count);
        Assert.Empty(Findings.For(unasked with { Storages = [In("repo1", 3), In("repo2", 240)] }));
        Assert.Null((unasked with { Storages = [In("repo1", 3)] }).Copies);
        Assert.Null((unasked with { Storages = [] }).Copies);
    }

    [Fact]
    public void A_source_that_says_nothing_may_know_of_copies()
    {
        var silent = Two with { Instance = Two.Instance with { Sources = [SourceName.Catalog, SourceName.Query] } };
        Assert.Null(silent.Copies);
        Assert.Equal(2, (silent with { SourcesThatAnswered = [SourceName.Catalog, SourceName.Query] }).Copies!.Count);
        Assert.Null(Failed(FailureReason.Refused, "no").Copies);
    }

    [Theory]
    [InlineData(
        null,
        SourceName.Catalog,
        "1 server has backups in more than one storage, and copies is not set: a storage that falls behind is not reported"
    )]
    [InlineData(2, SourceName.Server, "copies is 2, and no source of this target knows in which storages backups are")]
    [InlineData(2, SourceName.Catalog, null)]
    public void A_check_says_where_copies_ask_for_nothing_or_for_too_much(int? copies, string source, string? said)
    {
        var found = new InstanceFacts(SourceName.Catalog, "billing");
        if (source == SourceName.Catalog)
            found.Storages.AddRange(Two.Storages);
        var result = Two with
        {
            Instance = Two.Instance with { Copies = copies, Sources = [source] },
            Backups = [Full, Full with { Tool = "wal-g" }],
            Storages = [],
            Found = [found],
            SourcesThatAnswered = [source],
        };

        var findings = TargetFindings.For(new(null, result.Instance, SourceSettings.Default), result);

        Assert.Equal(said is null ? [] : [said], findings.Select(finding => finding.Summary));
    }

    [Fact]
    public void A_standby_leaves_its_copies_to_its_primary() =>
        Assert.Null(
            (Result with { Instance = Orders with { Copies = 2 }, Backups = [], Server = Server with { InRecovery = true } }).Copies
        );

    [Fact]
    public void The_same_storage_from_two_sources_counts_once()
    {
        var again = In("repo1", 3) with { Source = SourceName.PgMonitor };
        Assert.Equal(1, (Two with { Storages = [In("repo1", 3), again] }).Copies!.Count);
    }

    [Fact]
    public void Backups_of_another_cluster_are_no_copies()
    {
        var foreign = Two with
        {
            Server = Server with { SystemIdentifier = 1 },
            Instance = Two.Instance with { Sources = [SourceName.Server, SourceName.Catalog] },
            Backups = [Full with { SystemIdentifier = 2 }],
        };
        Assert.Equal(0, ClusterIdentity.WithoutOtherClusters(foreign).Copies!.Count);
    }

    [Fact]
    public void Of_two_reports_of_a_storage_the_newest_backup_and_the_later_word_count()
    {
        var older = In("repo2", 40) with { ImportedAt = Noon.AddHours(-2) };
        var later = In("repo2", 240, (BackupType.Incr, 5)) with { ImportedAt = Noon.AddHours(-1), Error = "no" };
        foreach (var merged in new[] { FactsMerge.Merge([older], [later]), FactsMerge.Merge([later], [older]) })
        {
            var one = Assert.Single(merged);
            Assert.Equal("no", one.Error);
            Assert.Equal(
                [(BackupType.Full, 40), (BackupType.Incr, 5)],
                one.Newest.Select(newest => (newest.Type, (int)newest.Age.TotalHours)).Order()
            );
        }
    }

    static void AssertSaid(ProbeResult result, string summary, string advice) =>
        Assert.Equal(new Finding(true, summary, advice), Assert.Single(Findings.For(result)));

    static StorageFacts In(string name, int hours, params (BackupType Type, int Hours)[] more) =>
        new(SourceName.Catalog, "pgbackrest", name)
        {
            Newest = [Stored(BackupType.Full, hours), .. more.Select(other => Stored(other.Type, other.Hours))],
        };

    static StoredBackup Stored(BackupType type, int hours) => new(type, Noon.AddHours(-hours), TimeSpan.FromHours(hours));
}
