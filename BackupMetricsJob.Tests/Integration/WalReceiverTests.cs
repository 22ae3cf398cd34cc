using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>Who streams WAL and keeps it, and who only streams it.</summary>
public sealed class WalReceiverTests
{
    /// <summary>A copy that was slow, under the name of the script that makes it: what it streams goes with that one backup.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("--no-slot")]
    public async Task A_backup_that_is_being_made_is_no_receiver(string slot)
    {
        await using var server = await PostgresServer.StartAsync(new() { Settings = { ["wal_keep_size"] = "1GB" } });
        await server.ExecuteAsync("CREATE TABLE work AS SELECT repeat('x', 1000) FROM generate_series(1, 60000)");
        var folder = RunFolder.NewFolder("slow");
        PostgresTemplate.GiveToServerUser(folder);
        await using var copy = ChildProcess.Start(
            "/bin/sh",
            [
                "-c",
                $"PGAPPNAME=nightly exec {Program("pg_basebackup")} -h {server.SocketDirectory} -p {Port(server)} -U postgres -D "
                    + $"{folder}/data -X stream -c fast -r 1M {slot}",
            ],
            new() { Unprivileged = true }
        );
        await server.WaitForAsync(
            "the backup to stream WAL",
            "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming' AND reply_time IS NOT NULL AND "
                + "application_name = 'nightly')"
        );

        var result = await Probe.OfAsync(
            server,
            ["server", "query"],
            new(ServerPatterns.All, "SELECT 'base' AS type, now() - interval '48 hours' AS finished_at")
        );

        Assert.True(await server.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'backup')"));
        Assert.Equal(ArchiverState.Off, ArchiverStates.Classify(result.Server!));
        Assert.InRange(
            RecoveryPoint.Estimate(result.Server, Assert.Single(result.Found).Backups)!.Window,
            TimeSpan.FromHours(47.9),
            TimeSpan.FromHours(48.1)
        );
    }

    [Fact]
    public async Task A_receiver_beside_a_backup_under_the_same_name_stays_one()
    {
        await using var server = await PostgresServer.StartAsync(new() { Settings = { ["wal_keep_size"] = "1GB" } });
        await server.ExecuteAsync("CREATE TABLE work AS SELECT repeat('x', 1000) FROM generate_series(1, 60000)");
        var folder = RunFolder.NewFolder("both");
        PostgresTemplate.GiveToServerUser(folder);
        Directory.CreateDirectory(Path.Combine(folder, "wal"));
        PostgresTemplate.GiveToServerUser(folder);
        var common = $"-h {server.SocketDirectory} -p {Port(server)} -U postgres";
        await using var receiver = ChildProcess.Start(
            "/bin/sh",
            ["-c", $"PGAPPNAME=nightly exec {Program("pg_receivewal")} {common} -D {folder}/wal --synchronous"],
            new() { Unprivileged = true }
        );
        await server.WaitForAsync(
            "the receiver",
            "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE flush_lsn >= pg_current_wal_lsn())"
        );
        await using var copy = ChildProcess.Start(
            "/bin/sh",
            ["-c", $"PGAPPNAME=nightly exec {Program("pg_basebackup")} {common} -D {folder}/data -X stream -c fast -r 1M"],
            new() { Unprivileged = true }
        );
        await server.WaitForAsync("the backup", "SELECT count(*) = 2 FROM pg_stat_replication WHERE state = 'streaming'");

        Assert.Equal(ArchiverState.Streamed, ArchiverStates.Classify((await Probe.OfAsync(server)).Server!));
    }

    /// <summary>
    /// wal-g's wal-receive reports an apply position as a standby does. It is known by its slot, another by the name that the user gives.
    /// </summary>
    [Theory]
    [InlineData("walg", null, true)]
    [InlineData("keeper", "keeper", true)]
    [InlineData("keeper", "walreceiver", true)]
    [InlineData("keeper", "kee", false)]
    [InlineData("keeper", null, false)]
    public async Task One_that_reports_an_apply_position_is_known_by_its_name(string slot, string? named, bool isReceiver)
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync($"SELECT pg_create_physical_replication_slot('{slot}')");
        await using var standby = await server.CreateStandbyAsync(new() { Settings = { ["primary_slot_name"] = slot } });
        await server.WaitForAsync(
            "its apply position",
            "SELECT EXISTS (SELECT FROM pg_stat_replication JOIN pg_replication_slots ON active_pid = pid WHERE replay_lsn IS NOT "
                + $"NULL AND slot_name = '{slot}')"
        );

        var result = await Probe.OfAsync(
            server,
            ["server"],
            SourceSettings.Default with
            {
                Receivers = named is null ? [] : ["other", named],
            }
        );

        Assert.Equal(isReceiver ? ArchiverState.Streamed : ArchiverState.Off, ArchiverStates.Classify(result.Server!));
    }

    static string Program(string name) => Path.Combine(PostgresBinaries.Distribution.Folder, name);

    static string Port(PostgresServer server) => server.Port.ToString(CultureInfo.InvariantCulture);
}
