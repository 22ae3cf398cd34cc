using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Worlds in which the archive's listing shows what no server can see: what is said of a restore is what the restore does, to the
/// segment, and where a restore succeeds there is no alarm.
/// </summary>
public sealed class ArchiveListingTests
{
    const string Hole = "CRITICAL            the WAL archive has a hole: ";

    [Theory]
    [InlineData(15, 16)]
    [InlineData(18, 1)]
    [InlineData(13, 64)]
    public async Task A_segment_that_was_deleted_from_the_bucket(int version, int megabytes)
    {
        await using var server = await PostgresServer.StartAsync(
            new()
            {
                Version = version,
                Archiving = true,
                SegmentSizeMegabytes = megabytes,
            }
        );
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        var backup = await server.BaseBackupAsync();
        await archive.BackupIsKnownAsync(server);
        var segments = await server.ArchiveSegmentsAsync(5);
        await archive.ListAsync(server.ArchiveDirectory);
        var whole = await archive.ShowAsync(server);

        Assert.DoesNotContain("CRITICAL", whole, StringComparison.Ordinal);
        Assert.Contains($" to {segments[^1]}\n", whole, StringComparison.Ordinal);
        Assert.Contains(" of work at most, according to the archive's own listing\n", whole, StringComparison.Ordinal);
        File.Delete(Path.Combine(server.ArchiveDirectory, segments[2]));
        await archive.ListAsync(server.ArchiveDirectory);
        var said = await archive.ShowAsync(server);
        var metrics = await archive.MetricsAsync(server);

        Assert.Contains(Hole + segments[2] + " is missing", said, StringComparison.Ordinal);
        Assert.Contains("of work at least: a restore ends where the archive has a hole", said, StringComparison.Ordinal);
        Assert.Contains(
            "postgres_wal_archive_missing_segments{instance=\"orders\",storage=\"default\"} 1\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "postgres_recovery_point_evidence{instance=\"orders\",evidence=\"archive\"} 1\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains("postgres_wal_archive_listed_timestamp_seconds{instance=\"orders\"", metrics, StringComparison.Ordinal);
        await ListedArchive.RestoreIsAsPredictedAsync(server, backup, said, segments[1]);
    }

    [Fact]
    public async Task A_time_without_archiving()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        var backup = await server.BaseBackupAsync();
        await archive.BackupIsKnownAsync(server);
        var before = await server.ArchiveSegmentsAsync(2);
        await ArchiveModeAsync(server, "off");
        for (var i = 0; i < 4; i++)
            await server.SwitchWalAsync();
        await server.ExecuteAsync("CHECKPOINT");
        await server.ExecuteAsync("CHECKPOINT");
        await ArchiveModeAsync(server, "on");
        await server.ArchiveSegmentsAsync(2);
        await archive.ListAsync(server.ArchiveDirectory);

        var said = await archive.ShowAsync(server);

        Assert.Contains(Hole, said, StringComparison.Ordinal);
        Assert.Contains(Hole, await archive.ShowAsync(null), StringComparison.Ordinal);
        await ListedArchive.RestoreIsAsPredictedAsync(server, backup, said, null);
        Assert.True(string.CompareOrdinal(ListedArchive.Predicted(said), before[^1][8..]) >= 0);
    }

    /// <summary>The lab failover-hole, and the same without the hole; the backup may be known by its time alone.</summary>
    [Theory]
    [InlineData(15, true, true)]
    [InlineData(17, true, false)]
    [InlineData(18, false, true)]
    [InlineData(13, false, false)]
    public async Task A_failover(int version, bool overAHole, bool isPlaced)
    {
        await using var old = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        var backup = await old.BaseBackupAsync();
        await archive.BackupIsKnownAsync(old);
        if (!isPlaced)
            await catalogue.Database.ExecuteAsync("UPDATE backup_metrics.backup_catalog SET start_wal = NULL, stop_wal = NULL");
        await old.ArchiveSegmentsAsync(2);
        await using var promoted = await old.CreateStandbyAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = old.StoreCommand } }
        );
        if (overAHole)
            old.BreakArchiver();
        for (var i = 0; i < 4; i++)
            await old.SwitchWalAsync();
        if (!overAHole)
            await old.WaitForArchivedAsync(await old.SwitchWalAsync());
        var position = await old.ScalarAsync<string>("SELECT pg_current_wal_lsn()::text");
        await promoted.WaitForAsync("the standby to follow", $"SELECT pg_last_wal_replay_lsn() >= '{position}'");
        await old.CrashAsync();
        await promoted.PromoteAsync();
        var after = await promoted.ArchiveSegmentsAsync(2);
        await archive.ListAsync(old.ArchiveDirectory);

        var said = await archive.ShowAsync(promoted);

        Assert.Equal(overAHole, said.Contains(Hole, StringComparison.Ordinal));
        Assert.Equal(overAHole, said.Contains("CRITICAL", StringComparison.Ordinal));
        Assert.Contains("lost if it died now", said, StringComparison.Ordinal);
        Assert.DoesNotContain("is not known to have begun", said, StringComparison.Ordinal);
        if (!overAHole)
            Assert.Contains($" to {after[^1]}\n", said, StringComparison.Ordinal);
        await ListedArchive.RestoreIsAsPredictedAsync(old, backup, said, null);
    }

    [Fact]
    public async Task A_timeline_without_its_history_file()
    {
        await using var old = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        var backup = await old.BaseBackupAsync();
        await archive.BackupIsKnownAsync(old);
        await old.ArchiveSegmentsAsync(2);
        await using var promoted = await old.CreateStandbyAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = old.StoreCommand } }
        );
        await old.StopAsync();
        await promoted.PromoteAsync();
        await promoted.ArchiveSegmentsAsync(2);
        File.Delete(Path.Combine(old.ArchiveDirectory, "00000002.history"));
        await archive.ListAsync(old.ArchiveDirectory);

        var said = await archive.ShowAsync(promoted);

        Assert.Contains(
            "CRITICAL            the WAL archive lacks 00000002.history, without which a restore does not find that timeline",
            said,
            StringComparison.Ordinal
        );
        await ListedArchive.RestoreIsAsPredictedAsync(old, backup, said, null);
    }

    [Fact]
    public async Task Two_storages_with_different_holes()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        var backup = await server.BaseBackupAsync();
        await archive.BackupIsKnownAsync(server);
        var segments = await server.ArchiveSegmentsAsync(5);
        var copy = RunFolder.NewFolder("copy");
        await ChildProcess.RunSuccessfullyAsync("/bin/sh", ["-c", $"cp -p {server.ArchiveDirectory}/0* {copy}/"], new());
        File.Delete(Path.Combine(copy, segments[1]));
        await archive.ListAsync(server.ArchiveDirectory, "near");
        await archive.ListAsync(copy, "far");

        var one = await archive.ShowAsync(server);
        Assert.DoesNotContain("CRITICAL", one, StringComparison.Ordinal);
        Assert.Contains($"WARNING             the archive \"far\" has a hole: {segments[1]} is missing", one, StringComparison.Ordinal);
        Assert.Contains(" of work at most, according to the archive's own listing\n", one, StringComparison.Ordinal);
        File.Delete(Path.Combine(server.ArchiveDirectory, segments[3]));
        await archive.ListAsync(server.ArchiveDirectory, "near");

        var both = await archive.ShowAsync(server);
        Assert.Contains($"CRITICAL            the archive \"near\" has a hole: {segments[3]} is missing", both, StringComparison.Ordinal);
        Assert.Contains($"WARNING             the archive \"far\" has a hole: {segments[1]} is missing", both, StringComparison.Ordinal);
        var metrics = await archive.MetricsAsync(server);
        foreach (var storage in new[] { "near", "far" })
            Assert.Contains($"missing_segments{{instance=\"orders\",storage=\"{storage}\"}} 1\n", metrics, StringComparison.Ordinal);
        await ListedArchive.RestoreIsAsPredictedAsync(server, backup, both, segments[2]);
    }

    /// <summary>WAL is kept for 30 days and full backups for 90: what an old backup lacks is no hole.</summary>
    [Fact]
    public async Task A_purge_of_old_wal_that_only_older_backups_need()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        await server.BaseBackupAsync();
        var older = await ListedArchive.ReadBackupAsync(server, 1);
        await server.ArchiveSegmentsAsync(2);
        var backup = await server.BaseBackupAsync();
        var newer = await ListedArchive.ReadBackupAsync(server, 2);
        var aged = older with { Started = older.Finished!.Value.AddDays(-80), Finished = older.Finished.Value.AddDays(-80) };
        Assert.Null((await catalogue.ImportAsync(aged, newer)).Failure);
        var segments = await server.ArchiveSegmentsAsync(3);
        ListedArchive.DeleteBefore(server, newer.StartWal!);
        await archive.ListAsync(server.ArchiveDirectory);

        var said = await archive.ShowAsync(server);

        Assert.DoesNotContain("CRITICAL", said, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING", said, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "postgres_backup_wal_missing{instance=\"orders\",source=\"catalog\",tool=\"wal-g\",type=\"full\"} 1",
            await archive.MetricsAsync(server),
            StringComparison.Ordinal
        );
        await ListedArchive.RestoreIsAsPredictedAsync(server, backup, said, segments[^1]);
    }

    /// <summary>The WAL is deleted sooner than the backup that needs it.</summary>
    [Fact]
    public async Task A_purge_by_lifecycle_rules()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        var backup = await server.BaseBackupAsync();
        await archive.BackupIsKnownAsync(server);
        await catalogue.Database.ExecuteAsync(
            "UPDATE backup_metrics.backup_catalog SET started_at = now() - interval '20 min', finished_at = now() - interval '10 min'"
        );
        var segments = await server.ArchiveSegmentsAsync(4);
        ListedArchive.DeleteBefore(server, segments[1]);
        await archive.ListAsync(server.ArchiveDirectory);
        var said = await archive.ShowAsync(server);

        Assert.Contains(
            "CRITICAL            none of the known base backups can be restored from the WAL archive",
            said,
            StringComparison.Ordinal
        );
        Assert.Contains(" is missing, or was not listed\n", said, StringComparison.Ordinal);
        Assert.DoesNotContain("lost if it died now", said, StringComparison.Ordinal);
        Assert.Contains(
            "postgres_backup_wal_missing{instance=\"orders\",source=\"catalog\",tool=\"wal-g\",type=\"full\"} 1\n",
            await archive.MetricsAsync(server),
            StringComparison.Ordinal
        );
        // Its copy of its own WAL apart, the backup is of no use.
        foreach (var file in Directory.EnumerateFiles(Path.Combine(backup, "pg_wal"), "0*"))
            File.Delete(file);
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () => await (await server.RestoreAsync(backup)).DisposeAsync());
        Assert.Contains("checkpoint record", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rclone_lists_the_same_archive_compressed()
    {
        Tool.Find("rclone", "apt-get install rclone");
        await using var server = await PostgresServer.StartAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = "gzip -c %p > {archive}/%f.gz" } }
        );
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        await server.BaseBackupAsync();
        await server.ArchiveSegmentsAsync(2);
        const string Rclone = "rclone lsjson -R --files-only --config /dev/null .";
        await archive.ListAsync(server.ArchiveDirectory, command: Rclone);
        var segments = await server.ArchiveSegmentsAsync(4);
        File.Delete(Path.Combine(server.ArchiveDirectory, segments[1] + ".gz"));
        await archive.ListAsync(server.ArchiveDirectory, command: Rclone);

        var said = await archive.ShowAsync(server);

        Assert.Contains(Hole + segments[1] + " is missing", said, StringComparison.Ordinal);
        Assert.Equal(segments[0][8..], ListedArchive.Predicted(said));
    }

    static async Task ArchiveModeAsync(PostgresServer server, string mode)
    {
        await server.ExecuteAsync($"ALTER SYSTEM SET archive_mode = {mode}");
        await server.StopAsync();
        await server.StartAgainAsync();
    }
}
