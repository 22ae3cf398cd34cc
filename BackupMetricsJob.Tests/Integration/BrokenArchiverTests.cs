using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A server whose archiver fails, hangs, never worked or is off.</summary>
public sealed class BrokenArchiverTests
{
    [Theory]
    [InlineData(13, 16)]
    [InlineData(15, 1)]
    [InlineData(15, 64)]
    [InlineData(18, 16)]
    public async Task A_server_that_never_archived_says_so(int version, int megabytes)
    {
        await using var server = await PostgresServer.StartAsync(
            new()
            {
                Version = version,
                SegmentSizeMegabytes = megabytes,
                Archiving = true,
                Settings = { ["archive_command"] = "/bin/false" },
            }
        );
        for (var i = 0; i < 5; i++)
            await server.SwitchWalAsync();
        await server.WaitForAsync("a failure of the archiver", "SELECT failed_count > 0 FROM pg_stat_archiver");

        var result = await Probe.OfAsync(server);

        var evidence = result.Server!;
        Assert.Equal(ArchiverState.Never, ArchiverStates.Classify(evidence));
        Assert.True(evidence.Archiver.FailedCount > 0);
        Assert.NotNull(evidence.Archiver.LastFailed);
        var ready = Probe.ReadySegments(server);
        Assert.Equal(ready.Count, evidence.Wal!.ReadySegments);
        Assert.InRange(ready.Count, 5, 6);
        Assert.Equal(ready.Min(Probe.Time).ToUnixTimeSeconds(), evidence.Wal.OldestReady!.Value.ToUnixTimeSeconds());
        var lag = await Probe.LsnAsync(server) - Probe.StartOf(ready[0].Name, megabytes);
        Assert.InRange(evidence.Wal.UnarchivedBytes!.Value, lag - 65536, lag);
    }

    [Fact]
    public async Task After_a_success_a_failure_is_failing_and_the_next_success_is_ok()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await server.SetAsync("archive_command", "/bin/false");
        await server.SwitchWalAsync();
        await server.WaitForAsync("a failure of the archiver", "SELECT failed_count > 0 FROM pg_stat_archiver");

        Assert.Equal(ArchiverState.Failing, ArchiverStates.Classify((await Probe.OfAsync(server)).Server!));

        await server.SetAsync("archive_command", server.ArchiveCommand);
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        var mended = (await Probe.OfAsync(server)).Server!;
        Assert.Equal(ArchiverState.Ok, ArchiverStates.Classify(mended));
        Assert.True(mended.Archiver.FailedCount > 0);
    }

    [Fact]
    public async Task A_command_that_hangs_shows_in_the_waiting_segments()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await server.SetAsync("archive_command", "sleep 600; exit 1");
        var first = await server.SwitchWalAsync();
        await server.SwitchWalAsync();
        var since = DateTime.UtcNow.AddHours(-2);
        foreach (var file in Probe.ReadySegments(server))
            file.LastWriteTimeUtc = since;

        var result = await Probe.OfAsync(server);

        Assert.Equal(2, result.Server!.Wal!.ReadySegments);
        Assert.InRange(
            (new DateTimeOffset(since) - result.Server.Wal.OldestReady!.Value).Duration(),
            TimeSpan.Zero,
            TimeSpan.FromSeconds(1)
        );
        Assert.InRange(
            result.Server.Wal.UnarchivedBytes!.Value,
            await Probe.LsnAsync(server) - Probe.StartOf(first, 16) - 65536,
            3L * 16 * 1024 * 1024
        );
        Assert.Contains(
            Findings.For(result),
            finding => finding.IsCritical && finding.Summary.Contains("WAL has been waiting for 2", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task No_command_and_waiting_wal_is_failing()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await server.SetAsync("archive_command", "");
        await server.SwitchWalAsync();

        Assert.Equal(ArchiverState.Failing, ArchiverStates.Classify((await Probe.OfAsync(server)).Server!));
    }

    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    public async Task Archiving_that_is_off_is_off_and_claims_nothing(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version });
        await server.SwitchWalAsync();

        var result = await Probe.OfAsync(server);

        Assert.Null(result.Failure);
        Assert.Equal(ArchiverState.Off, ArchiverStates.Classify(result.Server!));
        Assert.Null(result.LossWindow);
    }

    [Fact]
    public async Task A_fresh_idle_server_has_no_state_and_is_not_late()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });

        var result = await Probe.OfAsync(server);

        Assert.Null(ArchiverStates.Classify(result.Server!));
        Assert.DoesNotContain(Findings.For(result), finding => finding.Summary.Contains("WAL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_crash_that_zeroes_the_statistics_does_not_make_an_archiver_that_never_worked()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await server.CrashAsync();
        await server.StartAgainAsync();
        Assert.Equal(0, await server.ScalarAsync<long>("SELECT archived_count FROM pg_stat_archiver"));

        // A .done file would prove nothing, even if recovery has left it: nothing is known, and nothing waits.
        var result = await Probe.OfAsync(server);
        Assert.Equal(0, result.Server!.Wal!.ReadySegments);
        Assert.Null(ArchiverStates.Classify(result.Server));
    }

    [Fact]
    public async Task A_dead_archiver_and_a_crash_together_still_show_what_waits()
    {
        await using var server = await PostgresServer.StartAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = "/bin/false" } }
        );
        await server.BaseBackupAsync();
        await server.SwitchWalAsync();
        await server.CrashAsync();
        await server.StartAgainAsync();
        await server.WaitForAsync("a failure of the archiver", "SELECT failed_count > 0 FROM pg_stat_archiver");

        var result = await Probe.OfAsync(server);

        Assert.True(result.Server!.Wal!.ReadySegments >= 2);
        Assert.Equal(ArchiverState.Never, ArchiverStates.Classify(result.Server));
        Assert.Null(result.LossWindow);
    }

    /// <summary>Files that nobody archives pile up: each is looked at once, and in memory.</summary>
    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    public async Task A_hundred_thousand_waiting_files_are_counted_without_a_temporary_file(int version)
    {
        const int Count = 90_000;
        await using var server = await PostgresServer.StartAsync(
            new()
            {
                Version = version,
                Archiving = true,
                Settings = { ["archive_command"] = "", ["log_temp_files"] = "0" },
            }
        );
        var folder = Path.Combine(server.DataDirectory, "pg_wal", "archive_status");
        Fill(folder, 16, Count);
        File.SetLastWriteTimeUtc(Path.Combine(folder, $"{1:X8}{0:X8}{16:X8}.ready"), DateTime.UtcNow.AddHours(-2));

        var result = await Probe.OfAsync(server);

        Assert.Null(result.Failure);
        Assert.Equal((Count, 16L * (16 << 20)), (result.Server!.Wal!.ReadySegments, result.Server.Wal.ArchiveEnd));
        Assert.InRange(result.Server.Now - result.Server.Wal.OldestReady!.Value, TimeSpan.FromHours(2), TimeSpan.FromHours(2.1));
        Assert.DoesNotContain("temporary file", server.Log, StringComparison.Ordinal);
    }

    static void Fill(string folder, int first, int count)
    {
        for (var i = first; i < first + count; i++)
            File.WriteAllBytes(Path.Combine(folder, $"{1:X8}{i / 256:X8}{i % 256:X8}.ready"), []);
    }
}
