using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Exposition;

/// <summary>The exact published text.</summary>
public sealed class BackupMetricsTests
{
    static readonly ProbeResult Failing = Result with
    {
        Instance = Orders with { Name = "stock", Labels = [new("zone", "b"), new("env", "prod")] },
        Server = Server with
        {
            Archiver = new(10, Noon.AddHours(-1), 4, Noon.AddSeconds(-3), "wal-g", null),
            Wal = Wal with
            {
                ReadySegments = 7,
                OldestReady = Noon.AddMinutes(-50),
                UnarchivedBytes = 120_000_000,
                NewestDone = Noon.AddMinutes(-55),
            },
        },
        Backups = [Backup with { Tool = "wal-g", LastDuration = null }],
    };

    [Fact]
    public void A_healthy_a_failing_and_an_unreachable_database() =>
        Snapshot.Matches("exposition.txt", Published.Text(Result, Failing, Evidence("gone", FailureReason.Refused)));

    [Fact]
    public async Task Promtool_complains_of_nothing()
    {
        var (_, complaints) = await Promtool.CheckMetricsAsync(Published.Text(Result, Failing, Evidence("gone", FailureReason.Refused)));

        Assert.Empty(complaints);
    }

    [Fact]
    public void Nothing_is_said_of_what_is_unknown()
    {
        var text = Published.Text(Evidence("gone", FailureReason.Timeout));

        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        foreach (
            var metric in (string[])
                [
                    "postgres_backup_last_success",
                    "postgres_backup_age",
                    "postgres_wal_",
                    "postgres_recovery_",
                    "postgres_backup_probe_timestamp",
                    "postgres_backup_clock_offset",
                ]
        )
            Assert.DoesNotContain("\n" + metric, text, StringComparison.Ordinal);
        Assert.Contains(
            "postgres_backup_max_age_seconds{instance=\"gone\",type=\"base\",severity=\"critical\",team=\"payments\"} 180000\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "postgres_backup_source_success{instance=\"gone\",source=\"server\",team=\"payments\"} 0\n",
            text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_older_names_tell_pghoards_age_and_its_site()
    {
        var server = Server with { Archiver = Server.Archiver with { Tool = "pghoard", Site = "main" } };
        var text = Published.Text(Result with { Server = server, Backups = [Backup with { Tool = "pghoard" }] });

        Assert.Contains(
            "\npghoard_last_upload_age{instance=\"orders\",site=\"main\",type=\"basebackup\",team=\"payments\"} 10800\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\npghoard_last_upload_age{instance=\"orders\",site=\"main\",type=\"xlog\",team=\"payments\"} 180\n",
            text,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("\nwalg_last_upload{", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_older_names_can_be_left_out() =>
        Assert.DoesNotContain(
            "walg_last_upload",
            Published.Text(Published.Run with { LegacyNames = false }, Failing),
            StringComparison.Ordinal
        );

    [Fact]
    public void The_same_results_make_the_same_text() => Assert.Equal(Published.Text(Result, Failing), Published.Text(Result, Failing));

    static ProbeResult Evidence(string name, FailureReason reason) =>
        Failed(reason, "words") with
        {
            Instance = Orders with { Name = name },
        };
}
