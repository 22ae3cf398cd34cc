using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// The number people trust most: how much would be lost now. File times are set by hand, so that hours need no waiting; once it is held
/// against a real restore.
/// </summary>
public sealed class RecoveryPointTests
{
    static readonly TimeSpan Slack = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(13, 16)]
    [InlineData(15, 1)]
    [InlineData(18, 16)]
    public async Task With_a_dead_archiver_a_busy_server_loses_all_since_the_last_archived_segment(int version, int megabytes)
    {
        await using var server = await WithBackupAsync(
            new()
            {
                Version = version,
                SegmentSizeMegabytes = megabytes,
                Archiving = true,
            }
        );
        server.BreakArchiver();
        await server.SwitchWalAsync();
        await server.SwitchWalAsync();
        var now = DateTime.UtcNow;
        foreach (var file in Probe.Status(server, ".done"))
            file.LastWriteTimeUtc = now.AddHours(-2);
        foreach (var file in Probe.Status(server, ".ready"))
            file.LastWriteTimeUtc = now.AddHours(-1);
        await server.ExecuteAsync("CREATE TABLE work AS SELECT generate_series(1, 1000)");

        var result = await Probe.OfAsync(server);

        Assert.InRange(result.LossWindow!.Value, TimeSpan.FromHours(2) - Slack, TimeSpan.FromHours(2) + Slack);
    }

    [Fact]
    public async Task An_idle_server_does_not_age()
    {
        await using var server = await WithBackupAsync(new() { Archiving = true });
        await TouchAsync(server, done: -10.0, written: -9.9);

        var result = await Probe.OfAsync(server);

        Assert.InRange(result.LossWindow!.Value, TimeSpan.FromHours(0.1) - Slack, TimeSpan.FromHours(0.1) + Slack);
    }

    [Fact]
    public async Task Nothing_is_lost_where_nothing_was_written_after_the_last_archived_segment()
    {
        await using var server = await WithBackupAsync(new() { Archiving = true });
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        // The switch has left the position exactly at a boundary, unless the server itself has written since.
        var result = await Probe.OfAsync(server);

        Assert.InRange(result.LossWindow!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Archive_timeout_bounds_the_loss_while_the_archiver_works()
    {
        await using var server = await WithBackupAsync(new() { Archiving = true, Settings = { ["archive_timeout"] = "300s" } });
        await TouchAsync(server, done: -10.0, written: 0);

        var result = await Probe.OfAsync(server);

        Assert.InRange(result.LossWindow!.Value, TimeSpan.FromSeconds(299), TimeSpan.FromSeconds(301));
    }

    [Fact]
    public async Task Without_a_base_backup_there_is_no_recovery_point()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        Assert.Null((await Probe.OfAsync(server)).LossWindow);
    }

    /// <summary>A crash resets the statistics: nobody knows any more how many files were archived, until the next base backup.</summary>
    [Fact]
    public async Task After_a_crash_the_server_cannot_know()
    {
        await using var server = await WithBackupAsync(new() { Archiving = true });
        await server.CrashAsync();
        await server.StartAgainAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        var result = await Probe.OfAsync(server);

        Assert.Equal(ArchiverState.Ok, ArchiverStates.Classify(result.Server!));
        Assert.Null(result.LossWindow);
        Assert.Contains(Findings.For(result), finding => finding.Summary.Contains("a crash resets them", StringComparison.Ordinal));

        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        Assert.NotNull((await Probe.OfAsync(server)).LossWindow);
    }

    /// <summary>
    /// What is promised is an upper bound: no more than that is missing in a server restored from the backup and the archive.
    /// </summary>
    [Fact]
    public async Task A_restore_loses_no_more_than_was_said()
    {
        await using var server = await PostgresServer.StartAsync(new() { SegmentSizeMegabytes = 1, Archiving = true });
        await server.ExecuteAsync("CREATE TABLE work (at timestamptz DEFAULT clock_timestamp())");
        var backup = await server.BaseBackupAsync();
        await server.ExecuteAsync("INSERT INTO work DEFAULT VALUES");
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        server.BreakArchiver();
        for (var i = 0; i < 4; i++)
        {
            await server.ExecuteAsync("INSERT INTO work DEFAULT VALUES");
            await server.SwitchWalAsync();
        }

        // The time that passes while nothing is archived: the work is an hour old when the server dies.
        await server.ExecuteAsync("INSERT INTO work DEFAULT VALUES");
        foreach (var file in Probe.Status(server, ".done"))
            file.LastWriteTimeUtc = file.LastWriteTimeUtc.AddHours(-1);
        await server.ExecuteAsync("UPDATE work SET at = at - interval '1 hour' WHERE at <= (SELECT min(at) FROM work)");
        var result = await Probe.OfAsync(server);
        var last = await server.ScalarAsync<DateTime>("SELECT max(at) FROM work");
        await server.CrashAsync();

        await using var restored = await server.RestoreAsync(backup);
        var survived = await restored.ScalarAsync<DateTime>("SELECT max(at) FROM work");

        // What survived was written before the touch: it counts as an hour older.
        Assert.Equal(1, await restored.ScalarAsync<long>("SELECT count(*) FROM work"));
        Assert.InRange(last - survived.AddHours(-1), TimeSpan.FromMinutes(59), result.LossWindow!.Value + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_receiver_that_keeps_the_wal_is_an_archive()
    {
        await using var server = await PostgresServer.StartAsync();
        var folder = RunFolder.NewFolder("received");
        await ChildProcess.RunSuccessfullyAsync("/bin/chown", [ChildProcess.NobodyId, folder]);
        await using var receiver = ChildProcess.Start(
            Path.Combine(PostgresBinaries.Distribution.Folder, "pg_receivewal"),
            [
                "-h",
                server.SocketDirectory,
                "-p",
                server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "-U",
                "postgres",
                "-D",
                folder,
                "--synchronous",
            ],
            new() { Unprivileged = true }
        );
        await server.WaitForAsync(
            "the receiver to have it all",
            "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE flush_lsn >= pg_current_wal_lsn())"
        );

        var result = await Probe.OfAsync(server);

        Assert.Equal(ArchiverState.Streamed, ArchiverStates.Classify(result.Server!));
        Assert.True(result.Server!.Wal!.Receiver!.IsCurrent);
        Assert.InRange(result.Server.Now - result.Server.Wal.Receiver.Reply!.Value, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(15));
    }

    static async Task<PostgresServer> WithBackupAsync(PostgresOptions options)
    {
        var server = await PostgresServer.StartAsync(options);
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        return server;
    }

    // A server that was last written to `written` hours ago, its newest archived segment complete since `done` hours ago.
    static async Task TouchAsync(PostgresServer server, double done, double written)
    {
        await server.ExecuteAsync("CREATE TABLE work AS SELECT generate_series(1, 1000)");
        foreach (var file in Probe.Status(server, ".done"))
            file.LastWriteTimeUtc = DateTime.UtcNow.AddHours(done);
        foreach (var file in Probe.WalFiles(server).Where(file => file.Name.Length == 24))
            file.LastWriteTimeUtc = DateTime.UtcNow.AddHours(written);
    }
}
