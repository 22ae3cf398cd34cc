using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Archivers that fail without being counted, and marks of others that look like a success. What waits for hours is made so by file times.
/// </summary>
public sealed class UncountedFailureTests
{
    [Theory]
    [InlineData(13, "archive_command", "exit 130")]
    [InlineData(15, "archive_command", "kill -9 $$")]
    [InlineData(15, "archive_library", "no_such_library")]
    [InlineData(17, "archive_library", "no_such_library")]
    [InlineData(18, "archive_command", "exit 130")]
    public async Task An_archiver_that_worked_and_now_fails_uncounted_is_failing(int version, string setting, string value)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        if (setting == "archive_library")
            await server.SetAsync("archive_command", "");
        await server.SetAsync(setting, value);
        await server.SwitchWalAsync();
        var complaint = setting == "archive_library" ? "could not access file \"no_such_library\"" : "archive command ";
        await server.WaitForAsync("the archiver to fail", () => Task.FromResult(server.Log.Contains(complaint, StringComparison.Ordinal)));

        var result = await OfAnOldQueueAsync(server);

        Assert.Equal(0, result.Server!.Archiver.FailedCount);
        Assert.Equal(ArchiverState.Failing, ArchiverStates.Classify(result.Server));
        Assert.Contains(
            Findings.For(result),
            finding => finding.IsCritical && finding.Summary.Contains("PostgreSQL counts no failure", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    public async Task Statistics_that_are_reset_while_it_fails_do_not_make_it_well(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await server.SetAsync("archive_command", "exit 130");
        await server.SwitchWalAsync();
        await server.ExecuteAsync("SELECT pg_stat_reset_shared('archiver')");
        await server.WaitForAsync("the reset", "SELECT archived_count = 0 FROM pg_stat_archiver");

        var result = await OfAnOldQueueAsync(server);

        Assert.True(result.Server!.Wal!.DoneSegments > 0);
        Assert.Equal(ArchiverState.Failing, ArchiverStates.Classify(result.Server));
    }

    /// <summary>All that it has streamed is marked as .done, and it has archived nothing.</summary>
    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    public async Task A_promoted_standby_whose_archiver_never_worked_claims_nothing(int version)
    {
        await using var primary = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await using var standby = await primary.CreateStandbyAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = "exit 130", ["wal_keep_size"] = "512MB" } }
        );
        for (var i = 0; i < 3; i++)
            await primary.SwitchWalAsync();
        var position = await primary.ScalarAsync<string>("SELECT pg_current_wal_lsn()::text");
        await standby.WaitForAsync("the standby to follow", $"SELECT pg_last_wal_replay_lsn() >= '{position}'");
        await standby.PromoteAsync();

        var fresh = await Probe.OfAsync(standby);
        Assert.True(fresh.Server!.Wal!.DoneSegments > 0);
        Assert.NotEqual(ArchiverState.Ok, ArchiverStates.Classify(fresh.Server));
        var result = await OfAnOldQueueAsync(standby);
        Assert.Equal(ArchiverState.Failing, ArchiverStates.Classify(result.Server!));
        Assert.Null(result.LossWindow);
    }

    /// <summary>PostgreSQL 15 and newer show that the command is running. Before, a slow one looks like one that fails uncounted.</summary>
    [Theory]
    [InlineData(13, false)]
    [InlineData(15, true)]
    [InlineData(17, true)]
    [InlineData(18, true)]
    public async Task A_first_upload_that_is_slow_has_not_failed(int version, bool isSeen)
    {
        await using var server = await PostgresServer.StartAsync(
            new()
            {
                Version = version,
                Archiving = true,
                Settings = { ["archive_command"] = "touch {archive}/begun; sleep 500; cp %p {archive}/%f" },
            }
        );
        await server.SwitchWalAsync();
        await server.WaitForAsync(
            "the upload to begin",
            () => Task.FromResult(File.Exists(Path.Combine(server.ArchiveDirectory, "begun")))
        );
        foreach (var file in Probe.Status(server, ".ready"))
            file.LastWriteTimeUtc = DateTime.UtcNow.AddMinutes(-5);
        var result = await Probe.OfAsync(server);
        result = result with { Server = result.Server! with { Started = result.Server.Now.AddHours(-2) } };

        Assert.Equal(isSeen, result.Server.Wal!.AttemptIsRunning);
        Assert.Equal(isSeen ? null : ArchiverState.Never, ArchiverStates.Classify(result.Server));
        Assert.Equal(
            isSeen ? 0 : 1,
            Findings.For(result).Count(finding => finding.Advice.Contains("the first attempt is still running", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_history_file_that_waits_alone_is_told()
    {
        await using var primary = await PostgresServer.StartAsync(new() { Archiving = true });
        const string AllButHistory = "case %f in *.history) exit 130;; esac; cp %p {archive}/%f";
        await using var standby = await primary.CreateStandbyAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = AllButHistory } }
        );
        await standby.PromoteAsync();
        await standby.WaitForAsync("the history file to wait", () => Task.FromResult(Probe.Status(standby, ".history.ready").Count == 1));
        foreach (var file in Probe.Status(standby, ".ready").Where(file => !file.Name.Contains("history", StringComparison.Ordinal)))
            file.Delete();

        var result = await OfAnOldQueueAsync(standby);

        var wal = result.Server!.Wal!;
        Assert.Equal((0, 1), (wal.ReadySegments, wal.ReadyOthers));
        Assert.Equal(ArchiverState.Never, ArchiverStates.Classify(result.Server with { Wal = wal with { DoneSegments = 0 } }));
        Assert.Contains(
            Findings.For(result),
            finding => finding.Summary.Contains("(1 history file), the critical limit", StringComparison.Ordinal)
        );
        Assert.Contains("postgres_wal_archive_oldest_ready_timestamp_seconds{", Published.Text(result), StringComparison.Ordinal);
    }

    /// <summary>What it says where all that waits has waited, and the server run, for two hours.</summary>
    static async Task<ProbeResult> OfAnOldQueueAsync(PostgresServer server)
    {
        foreach (var file in Probe.Status(server, ".ready"))
            file.LastWriteTimeUtc = DateTime.UtcNow.AddHours(-2);
        var result = await Probe.OfAsync(server);
        var old = result.Server!.Now.AddHours(-2);
        return result with
        {
            Server = result.Server with
            {
                Started = old,
                Archiver = result.Server.Archiver with { LastArchived = result.Server.Archiver.LastArchived is null ? null : old },
            },
        };
    }
}
