using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Worlds in which the server says that all was archived, and a restore says what is missing. Nothing may be claimed that the restore
/// contradicts.
/// </summary>
public sealed class HoleTests
{
    /// <summary>
    /// The old primary's archiver fails, a standby streams on and marks it all as .done, and is promoted. It archives well from then on.
    /// </summary>
    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task A_failover_over_a_hole(int version)
    {
        await using var old = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        var backup = await old.BaseBackupAsync();
        var taken = await Probe.NowAsync(old);
        await old.WaitForArchivedAsync(await old.SwitchWalAsync());
        await using var promoted = await old.CreateStandbyAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = old.StoreCommand } }
        );
        old.BreakArchiver();
        await LoadAsync(old, "lost", 4);
        await FollowedAsync(old, promoted);
        await old.CrashAsync();
        await promoted.PromoteAsync();
        await LoadAsync(promoted, "after", 1);
        await promoted.WaitForArchivedAsync(await promoted.SwitchWalAsync());

        var (said, metrics) = await AskAsync(promoted, taken);

        Assert.Contains("WAL archiving       ok", said, StringComparison.Ordinal);
        Assert.Contains("is not known to have begun on timeline 2", said, StringComparison.Ordinal);
        Assert.DoesNotContain("lost if it died now", said, StringComparison.Ordinal);
        Assert.DoesNotContain("no problem is known", said, StringComparison.Ordinal);
        Assert.DoesNotContain("postgres_recovery_point", metrics, StringComparison.Ordinal);
        await using (var restored = await old.RestoreAsync(backup))
            Assert.Equal(0, await TablesAsync(restored));

        // A base backup of the new primary mends it.
        await promoted.BaseBackupAsync();
        await promoted.WaitForArchivedAsync(await promoted.SwitchWalAsync());
        (said, metrics) = await AskAsync(promoted, await Probe.NowAsync(promoted));
        Assert.Contains("lost if it died now", said, StringComparison.Ordinal);
        Assert.Contains("postgres_recovery_point_evidence{instance=\"orders\",evidence=\"server\"} 1\n", metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task A_time_without_archiving(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        var backup = await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await ArchiveModeAsync(server, "off");
        await LoadAsync(server, "lost", 8);
        await server.ExecuteAsync("CHECKPOINT");
        await server.ExecuteAsync("CHECKPOINT");
        await ArchiveModeAsync(server, "on");
        await LoadAsync(server, "after", 1);
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        var result = await Probe.OfAsync(server);

        Assert.Equal(ArchiverState.Ok, ArchiverStates.Classify(result.Server!));
        Assert.Contains(Findings.For(result), finding => finding.Summary.EndsWith("there may be a hole", StringComparison.Ordinal));
        Assert.DoesNotContain("postgres_recovery_point", Published.Text(result), StringComparison.Ordinal);
        await server.CrashAsync();
        await using var restored = await server.RestoreAsync(backup);
        Assert.Equal(0, await TablesAsync(restored));
    }

    /// <summary>
    /// The same where only a tool knows the backup, and the server's own is younger (a failed copy left it, or the list was not read anew).
    /// The tool's says when it was made, the segment that it begins in, or no more than its time.
    /// </summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_time_without_archiving_after_a_backup_that_only_a_tool_knows(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        var segment = await server.SwitchWalAsync();
        var backup = await server.BaseBackupAsync();
        var taken = await Probe.NowAsync(server);
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await ArchiveModeAsync(server, "off");
        await server.BaseBackupAsync(); // Without archiving it takes the trace of the first with it.
        await LoadAsync(server, "lost", 8);
        await server.ExecuteAsync("CHECKPOINT");
        await server.ExecuteAsync("CHECKPOINT");
        await ArchiveModeAsync(server, "on");
        await LoadAsync(server, "after", 1);
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        var (said, metrics) = await AskAsync(server, taken);
        Assert.Contains("WAL archiving       ok", said, StringComparison.Ordinal);
        Assert.Contains("does not say where in the WAL it begins, and the server was started at", said, StringComparison.Ordinal);
        Assert.DoesNotContain("postgres_recovery_point", metrics, StringComparison.Ordinal);

        var evidence = (await Probe.OfAsync(server)).Server!;
        var listed = new BackupFacts(SourceName.Catalog, "wal-g", BackupType.Full) { LastSuccess = taken, StartSegment = segment };
        Assert.EndsWith("there may be a hole", UnknownRecoveryPoint.Find(evidence, listed)?.Summary, StringComparison.Ordinal);

        await server.CrashAsync();
        await using var restored = await server.RestoreAsync(backup);
        Assert.Equal(0, await TablesAsync(restored));
    }

    /// <summary>
    /// As pgBackRest's archive-push-queue-max does it: while the repository cannot be written, WAL is dropped, and the command says that it
    /// was stored.
    /// </summary>
    [Fact]
    public async Task A_tool_that_drops_wal_and_says_that_it_stored_it_is_not_vouched_for()
    {
        await using var server = await PostgresServer.StartAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = "sh {archive}/store %p %f" } }
        );
        await File.WriteAllTextAsync(
            Path.Combine(server.ArchiveDirectory, "store"),
            """cd "$(dirname "$0")" && { test -e full || cp "$OLDPWD/$1" "$2"; }"""
        );
        await HistoryFunction.InstallAsync(server);
        var backup = await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        var full = Path.Combine(server.ArchiveDirectory, "full");
        await File.WriteAllTextAsync(full, "");
        await LoadAsync(server, "lost", 4);
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        File.Delete(full);
        await LoadAsync(server, "after", 1);
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        var said = (await BackupMetrics.RunAsync("show", "--connection", server.ConnectionUri(), "--instance", "orders")).Output;

        // The server cannot see it. So it is said whose word that is, and what would prove it.
        Assert.Matches("  lost if it died now [0-9]+ s of work at most, if the archive has all WAL since that backup\n", said);
        Assert.EndsWith("  no problem is known, according to server; only a restore can prove it\n", said, StringComparison.Ordinal);
        await server.CrashAsync();
        await using var restored = await server.RestoreAsync(backup);
        Assert.Equal(0, await TablesAsync(restored));
    }

    static async Task<(string Said, string Metrics)> AskAsync(PostgresServer server, DateTimeOffset taken)
    {
        var query = Path.Combine(RunFolder.NewFolder("query"), "backups.sql");
        await File.WriteAllTextAsync(
            query,
            string.Create(CultureInfo.InvariantCulture, $"SELECT 'wal-g' AS tool, 'full' AS type, timestamptz '{taken:O}' AS finished_at")
        );
        string[] asked = ["--connection", server.ConnectionUri(), "--instance", "orders", "--source", "server", "--query", query];
        return (
            (await BackupMetrics.RunAsync(["show", .. asked])).Output,
            (await BackupMetrics.RunAsync(["run", "--dry-run", .. asked])).Output
        );
    }

    static async Task LoadAsync(PostgresServer server, string table, int segments)
    {
        for (var i = 0; i < segments; i++)
        {
            await server.ExecuteAsync($"CREATE TABLE {table}{i} AS SELECT generate_series(1, 1000)");
            await server.SwitchWalAsync();
        }
    }

    static Task<long> TablesAsync(PostgresServer restored) =>
        restored.ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE relname ~ '^(lost|after)[0-9]$'");

    static async Task FollowedAsync(PostgresServer primary, PostgresServer standby)
    {
        var position = await primary.ScalarAsync<string>("SELECT pg_current_wal_lsn()::text");
        await standby.WaitForAsync("the standby to follow", $"SELECT pg_last_wal_replay_lsn() >= '{position}'");
    }

    static async Task ArchiveModeAsync(PostgresServer server, string mode)
    {
        await server.ExecuteAsync($"ALTER SYSTEM SET archive_mode = {mode}");
        await server.StopAsync();
        await server.StartAgainAsync();
    }
}
