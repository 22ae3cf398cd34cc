using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A standby must not claim the archive of its primary; one with archive_mode = always has its own.</summary>
public sealed class StandbyTests
{
    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_standby_that_does_not_archive_is_a_standby(int version)
    {
        await using var primary = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await primary.WaitForArchivedAsync(await primary.SwitchWalAsync());
        await using var standby = await primary.CreateStandbyAsync(new() { Archiving = true });

        var result = await Probe.OfAsync(standby);

        Assert.Null(result.Failure);
        Assert.True(result.Server!.InRecovery);
        Assert.Equal(ArchiverState.Standby, ArchiverStates.Classify(result.Server));
        Assert.Empty(result.Backups);
        Assert.Null(result.LossWindow);
        Assert.Empty(result.MissingPrivileges);
        Assert.DoesNotContain("postgres_wal_archive_ready_segments{", Published.Text(result), StringComparison.Ordinal);
        Assert.DoesNotContain("postgres_wal_archived_files_total{", Published.Text(result), StringComparison.Ordinal);

        // The primary is no less than before: a standby that streams is no archive.
        Assert.Null((await Probe.OfAsync(primary)).Server!.Wal!.Receiver);
    }

    [Fact]
    public async Task A_standby_that_archives_always_has_an_archive_of_its_own()
    {
        await using var primary = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var standby = await primary.CreateStandbyAsync(new() { Archiving = true, Settings = { ["archive_mode"] = "always" } });
        await primary.SwitchWalAsync();
        await primary.SwitchWalAsync();
        await standby.WaitForAsync("the standby to archive", "SELECT archived_count > 0 FROM pg_stat_archiver");

        var result = await Probe.OfAsync(standby);

        Assert.Equal(ArchiverState.Ok, ArchiverStates.Classify(result.Server!));
        Assert.NotNull(result.Server!.Wal!.UnarchivedBytes);
        Assert.Null(result.LossWindow);
        Assert.Contains("postgres_wal_archived_files_total{", Published.Text(result), StringComparison.Ordinal);
    }

    /// <summary>What it received by streaming lies behind what it has replayed from the archive since.</summary>
    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task One_that_lives_on_restore_command_has_no_negative_lag(int version)
    {
        await using var primary = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await using var standby = await primary.CreateStandbyAsync(
            new()
            {
                Archiving = true,
                Settings =
                {
                    ["archive_mode"] = "always",
                    ["archive_command"] = "/bin/false",
                    ["restore_command"] = $"cp {primary.ArchiveDirectory}/%f %p",
                },
            }
        );
        await standby.SetAsync("primary_conninfo", "");
        for (var i = 0; i < 3; i++)
            await primary.WaitForArchivedAsync(await primary.SwitchWalAsync());
        // It fetches whole segments ahead of what it replays: all of them first.
        var archived = await primary.ScalarAsync<long>("SELECT ((pg_current_wal_lsn() - '0/0')::bigint / 16777216) * 16777216");
        await standby.WaitForAsync("the standby to replay all of the archive", $"SELECT pg_last_wal_replay_lsn() - '0/0' >= {archived}");
        foreach (var file in Probe.Status(standby, ".ready"))
            File.Move(file.FullName, Path.ChangeExtension(file.FullName, ".done"), overwrite: true);

        var result = await Probe.OfAsync(standby);

        var replayed = await standby.ScalarAsync<long>("SELECT (pg_last_wal_replay_lsn() - '0/0')::bigint");
        Assert.InRange(result.Server!.Wal!.UnarchivedBytes!.Value, 0, 16 << 20);
        Assert.InRange(result.Server.Wal.ArchiveEnd!.Value, replayed - (16 << 20), replayed);
        Assert.DoesNotMatch("postgres_wal_archive_lag_bytes.* -", Published.Text(result));
    }

    [Fact]
    public async Task A_standby_that_answers_first_of_several_hosts_is_a_warning()
    {
        await using var primary = await PostgresServer.StartAsync(new() { Archiving = true });
        await primary.BaseBackupAsync();
        await using var standby = await primary.CreateStandbyAsync(new() { Archiving = true });
        var both = $"host=127.0.0.1,127.0.0.1 port={standby.Port},{primary.Port} user=postgres dbname=postgres";
        foreach (var command in new[] { "show", "check" })
        {
            var result = await BackupMetrics.RunAsync(command, "--connection", both, "--instance", "it");
            Assert.Contains(
                $"127.0.0.1:{standby.Port}, the first host that answered, is a standby",
                result.Output,
                StringComparison.Ordinal
            );
            Assert.Contains("target_session_attrs=primary", result.Output, StringComparison.Ordinal);

            var primaryOnly = await BackupMetrics.RunAsync(
                command,
                "--connection",
                both + " target_session_attrs=primary",
                "--instance",
                "it"
            );
            Assert.DoesNotContain("is a standby", primaryOnly.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_promoted_standby_is_a_primary()
    {
        await using var primary = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var standby = await primary.CreateStandbyAsync(new() { Archiving = true });
        await standby.PromoteAsync();
        await standby.WaitForArchivedAsync(await standby.SwitchWalAsync());

        var result = await Probe.OfAsync(standby);

        Assert.Null(result.Failure);
        Assert.Equal(ArchiverState.Ok, ArchiverStates.Classify(result.Server!));
        Assert.InRange(result.Server!.Wal!.UnarchivedBytes!.Value, 0, 16 * 1024 * 1024);
    }
}
