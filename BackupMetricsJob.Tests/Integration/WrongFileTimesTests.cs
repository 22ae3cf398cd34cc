using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Files with the times of a copy, or of a clock that was set back: they shorten no loss, and nothing waits for a negative time.
/// </summary>
public sealed class WrongFileTimesTests
{
    /// <summary>The archiver works for three hours less than the server; then `cp -r` gives all files the time of the copy.</summary>
    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_moved_data_directory_shortens_no_loss(int version)
    {
        await using var server = await PostgresServer.StartAsync(
            new()
            {
                Version = version,
                Archiving = true,
                Settings = { ["archive_timeout"] = "1h" },
            }
        );
        await server.BaseBackupAsync();
        await server.WaitForAsync(
            "the backup's history file to be archived",
            "SELECT coalesce(last_archived_wal LIKE '%.backup', false) FROM pg_stat_archiver"
        );
        await server.SetAsync("archive_command", "exit 130");
        var archived = new DateTimeOffset(await server.ScalarAsync<DateTime>("SELECT last_archived_time FROM pg_stat_archiver"));
        await server.SwitchWalAsync();
        await server.ExecuteAsync("CREATE TABLE work AS SELECT generate_series(1, 1000)");
        SetTimes(server, DateTime.UtcNow.AddHours(3));

        // Three hours later than the last success: to be told by the file's own time alone, so the clock may stay.
        var result = await Probe.OfAsync(server);

        Assert.True(result.Server!.Wal!.IsCopy);
        Assert.Equal(archived.ToUnixTimeMilliseconds(), result.Server.Wal.OldestReady!.Value.ToUnixTimeMilliseconds());
        Assert.InRange(result.LossWindow!.Value, TimeSpan.FromHours(2.9), TimeSpan.FromHours(3.1));
        Assert.InRange(Assert.Single(result.Backups).Age!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Files_in_order_are_no_copy()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        Assert.False((await Probe.OfAsync(server)).Server!.Wal!.IsCopy);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    public async Task What_waits_since_the_future_is_bad_data_and_no_state(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await server.SetAsync("archive_command", "exit 130");
        await server.SwitchWalAsync();
        foreach (var file in Probe.Status(server, ".ready"))
            file.LastWriteTimeUtc = DateTime.UtcNow.AddHours(2);

        var result = await Probe.OfAsync(server);
        var text = Published.Text(result);

        Assert.Equal(FailureReason.BadData, result.Failure?.Reason);
        Assert.StartsWith("the time of the oldest .ready file is in the future: ", result.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("postgres_wal_archive_state", text, StringComparison.Ordinal);
        Assert.DoesNotContain("postgres_wal_archive_oldest_ready", text, StringComparison.Ordinal);
        Assert.DoesNotContain("postgres_recovery_point", text, StringComparison.Ordinal);
        Assert.Contains("postgres_wal_archive_ready_segments{instance=\"it\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_since_a_moment_ahead_waits_for_no_time()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.SetAsync("archive_command", "exit 130");
        await server.SwitchWalAsync();
        foreach (var file in Probe.Status(server, ".ready"))
            file.LastWriteTimeUtc = DateTime.UtcNow.AddMinutes(2);

        var said = (await BackupMetrics.RunAsync("show", "--connection", server.ConnectionUri())).Output;

        Assert.Contains("waiting for 0 s", said, StringComparison.Ordinal);
        Assert.DoesNotContain(" -", said.Replace(" --", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    static void SetTimes(PostgresServer server, DateTime time)
    {
        foreach (var file in Probe.WalFiles(server).Concat(Probe.Status(server, "")))
            file.LastWriteTimeUtc = time;
    }
}
