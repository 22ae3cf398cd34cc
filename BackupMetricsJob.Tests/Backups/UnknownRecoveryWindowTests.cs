using BackupMetricsJob.Backups;
using BackupMetricsJob.Checking;
using BackupMetricsJob.Configuration;
using static BackupMetricsJob.Tests.Backups.Evidence;
using static BackupMetricsJob.Tests.Backups.RecoveryWindowTests;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>Where nobody knows how far back a restore reaches: why, and what to do.</summary>
public sealed class UnknownRecoveryWindowTests
{
    [Theory]
    [InlineData(
        "only-kept",
        "wal-g has no full backup but those that are kept for ever, and the WAL after these need not be kept",
        "Take a full backup that is not kept for ever."
    )]
    [InlineData("only-incr", "no source knows a full backup", "See that a source lists the full backups, too.")]
    [InlineData(
        "only-dumps",
        "only dumps are known, and a dump can be restored to its own moment alone",
        "Take base backups and archive the WAL since then. Else do not set window."
    )]
    [InlineData(
        "off",
        "WAL is not archived, so only the moments at which backups ended can be restored",
        "Set archive_mode = on and an archive_command, restart, and take a base backup. Else do not set window."
    )]
    [InlineData(
        "given-up",
        "the tool that has the oldest backup makes none any more, and of the others no full backup is known",
        "Take a full backup with the tool that still makes backups."
    )]
    [InlineData("expired", "no full backup reaches until now: repo1 has WAL from 000000010000000000000007 on only", "Take a full backup.")]
    [InlineData(
        "server-alone",
        "a server does not know which backups are kept",
        "Import the list of the backup tool into a catalogue, and name that as a source. Else do not set window."
    )]
    public void Where_it_is_not_known_the_reason_is_told_and_what_to_do(string state, string why, string advice)
    {
        var result = state switch
        {
            "only-kept" => Asked with { Backups = [Full with { Oldest = null }] },
            "only-incr" => Asked with { Backups = [Full with { Type = BackupType.Incr }] },
            "only-dumps" => Asked with { Backups = [Full with { Type = BackupType.Logical }] },
            "off" => Asked with { Server = Server with { ArchiveMode = "off" } },
            "expired" => Asked with { Storages = [Storage("repo1", null) with { FirstSegment = "000000010000000000000007" }] },
            "server-alone" => Alone,
            _ => Asked with { Backups = [Full with { Tool = "barman", Age = Day(9) }, Full with { Type = BackupType.Incr }] },
        };

        Assert.Empty(result.Windows);
        Assert.Contains(new Finding(false, $"how far back a restore reaches is not known: {why}", advice), Findings.For(result));
    }

    /// <summary>Another shard may read the catalogue: the rules compare what all of them publish.</summary>
    [Fact]
    public void Of_one_of_several_shards_a_server_alone_is_not_told() =>
        Assert.Empty(Findings.For(Alone with { Instance = Alone.Instance with { IsSharded = true } }));

    static ProbeResult Alone => Result with { Instance = Orders with { Window = Asked.Instance.Window } };

    [Fact]
    public void What_is_wrong_besides_is_told_by_itself()
    {
        Assert.All(
            new[]
            {
                Asked with
                {
                    Backups = [],
                },
                Asked with
                {
                    Server = Server with { DiscardReason = "true" },
                },
                Asked with
                {
                    Failure = new(FailureReason.Timeout, "it did not answer"),
                    Backups = [],
                    Server = null,
                },
            },
            result =>
                Assert.DoesNotContain(Findings.For(result), finding => finding.Summary.Contains("how far back", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Where_no_WAL_is_stored_a_restore_reaches_until_now_from_no_backup() =>
        Assert.All(
            new[]
            {
                Server with
                {
                    DiscardReason = "true",
                },
                Server with
                {
                    ArchiveMode = "off",
                },
                Server with
                {
                    Archiver = new(0, null, 7, Noon, null, null),
                    Wal = Wal with { DoneSegments = 0, OldestReady = Noon },
                },
            },
            server => Assert.Empty((Asked with { Server = server }).Windows)
        );

    [Fact]
    public void Check_says_that_a_server_alone_does_not_know_it()
    {
        Assert.Contains(
            TargetFindings.For(new MonitoredTarget(null, Alone.Instance, SourceSettings.Default), Alone),
            finding => finding.Summary == "window is set, and no source of this target knows its oldest backup"
        );
        Assert.DoesNotContain(
            TargetFindings.For(new MonitoredTarget(null, Asked.Instance, SourceSettings.Default), Asked),
            finding => finding.Summary.StartsWith("window", StringComparison.Ordinal)
        );
    }
}
