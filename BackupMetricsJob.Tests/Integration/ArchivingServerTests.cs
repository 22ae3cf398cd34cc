using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A server whose archiver works: every number against the files and the statistics themselves.</summary>
public sealed class ArchivingServerTests
{
    [Theory]
    [InlineData(13, 16)]
    [InlineData(15, 1)]
    [InlineData(15, 16)]
    [InlineData(15, 64)]
    [InlineData(18, 16)]
    public async Task What_is_probed_is_what_the_files_and_statistics_say(int version, int megabytes)
    {
        await using var server = await PostgresServer.StartAsync(
            new()
            {
                Version = version,
                SegmentSizeMegabytes = megabytes,
                Archiving = true,
            }
        );
        await HistoryFunction.InstallAsync(server);
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        // The server makes segments for later at any time: only a listing that is the same before and after can be compared.
        var (result, bytes) = (await Probe.OfAsync(server), 0L);
        for (var i = 0; i < 10 && bytes != (bytes = Bytes(server)); i++)
            result = await Probe.OfAsync(server);

        Assert.Null(result.Failure);
        Assert.Empty(result.MissingPrivileges);
        Assert.Equal(["server"], result.SourcesThatAnswered);
        var evidence = result.Server!;
        Assert.Equal(version, evidence.VersionNumber / 10000);
        Assert.Equal(ArchiverState.Ok, ArchiverStates.Classify(evidence));
        Assert.Equal(await server.ScalarAsync<long>("SELECT archived_count FROM pg_stat_archiver"), evidence.Archiver.ArchivedCount);
        Assert.Equal(
            new DateTimeOffset(await server.ScalarAsync<DateTime>("SELECT last_archived_time FROM pg_stat_archiver")),
            evidence.Archiver.LastArchived
        );
        Assert.Equal(0, evidence.Archiver.FailedCount);
        Assert.Null(evidence.Archiver.LastFailed);

        var wal = evidence.Wal!;
        Assert.Equal(bytes, wal.DirectoryBytes);
        Assert.Equal(0, wal.ReadySegments);
        Assert.Null(wal.OldestReady);
        Assert.Equal(Probe.Status(server, ".done").Count(file => file.Name.Length == 24 + 5), wal.DoneSegments);
        var current = await server.ScalarAsync<string>("SELECT pg_walfile_name(pg_current_wal_lsn())");
        Assert.InRange(wal.UnarchivedBytes!.Value, 0, Math.Max(0, await Probe.LsnAsync(server) - Probe.StartOf(current, megabytes)));

        var history = Assert.Single(Probe.WalFiles(server), file => file.Name.EndsWith(".backup", StringComparison.Ordinal));
        var backup = Assert.Single(result.Backups);
        Assert.Equal(("server", "pg_basebackup", BackupType.Base), (backup.Source, backup.Tool, backup.Type));
        Assert.Equal(Whole(Probe.Time(history)), backup.LastSuccess);
        Assert.InRange(backup.Age!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.InRange(backup.LastDuration!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        var end = await Probe.LsnAsync(server) - wal.UnarchivedBytes.Value;
        var start = await server.ScalarAsync<long>(
            "SELECT (start_lsn - '0/0')::bigint FROM backup_metrics.base_backup_history() ORDER BY finish_at DESC, file_name DESC LIMIT 1"
        );
        Assert.InRange(wal.ReplayBytes!.Value, end - start - 65536, end - start);
        Assert.InRange(result.ClockOffset!.Value, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Times_are_right_where_the_log_has_another_time_zone()
    {
        await using var server = await PostgresServer.StartAsync(
            new() { Archiving = true, Settings = { ["log_timezone"] = "Asia/Kolkata", ["timezone"] = "Asia/Shanghai" } }
        );
        await HistoryFunction.InstallAsync(server);
        var before = await Probe.NowAsync(server);
        await server.BaseBackupAsync();
        await server.SetAsync("log_timezone", "America/New_York");

        var backup = Assert.Single((await Probe.OfAsync(server)).Backups);

        Assert.InRange(backup.LastSuccess!.Value, Whole(before), await Probe.NowAsync(server));
        Assert.InRange(backup.LastDuration!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    /// <summary>
    /// `cp -r` gives every file the time of the copy. What stands in the file is the bound, read in the server's time zone, whichever that
    /// is now.
    /// </summary>
    [Theory]
    [InlineData(13, "UTC", "UTC", 10)]
    [InlineData(18, "Europe/Berlin", "Europe/Berlin", 10)]
    [InlineData(15, "UTC", "UTC", 0)]
    [InlineData(15, "UTC", "UTC", 0.125)] // as many hours as time zones may be apart
    [InlineData(13, "Europe/Berlin", "Europe/Berlin", 0.125)]
    [InlineData(18, "Asia/Kolkata", "Asia/Kolkata", 0.125)]
    [InlineData(15, "America/New_York", "Asia/Kolkata", 0)]
    [InlineData(15, "Asia/Kolkata", "America/New_York", 0)]
    public async Task A_moved_data_directory_makes_no_backup_younger(int version, string zone, string zoneNow, double days)
    {
        await using var server = await PostgresServer.StartAsync(
            new()
            {
                Version = version,
                Archiving = true,
                Settings = { ["log_timezone"] = zone },
            }
        );
        await HistoryFunction.InstallAsync(server);
        await server.BaseBackupAsync();
        var history = Probe.WalFiles(server).Single(file => file.Name.EndsWith(".backup", StringComparison.Ordinal));
        var text = await File.ReadAllTextAsync(history.FullName);
        await File.WriteAllTextAsync(
            history.FullName,
            Regex.Replace(
                text,
                "(?<=(START|STOP) TIME: )[0-9-]+ [0-9:]+",
                time => Local(time.Value).AddDays(-days).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            )
        );
        history.LastWriteTimeUtc = DateTime.UtcNow;
        await server.SetAsync("log_timezone", zoneNow);

        var backup = Assert.Single((await Probe.OfAsync(server)).Backups);

        Assert.InRange(
            backup.Age!.Value,
            TimeSpan.FromDays(days) - TimeSpan.FromHours(days > 0 ? 1.1 : 0),
            TimeSpan.FromDays(days) + TimeSpan.FromHours(1.1)
        );
        Assert.InRange(backup.LastDuration!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    /// <summary>As PostgreSQL 17 writes it after pg_basebackup --incremental: two more lines.</summary>
    [Theory]
    [InlineData(17)]
    [InlineData(18)]
    public async Task A_native_incremental_backup_is_told_as_one(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.BaseBackupAsync();
        Assert.Equal(BackupType.Base, Assert.Single((await Probe.OfAsync(server)).Backups).Type);
        var history = Probe.WalFiles(server).Single(file => file.Name.EndsWith(".backup", StringComparison.Ordinal));
        await File.AppendAllTextAsync(history.FullName, "INCREMENTAL FROM LSN: 0/2000028\nINCREMENTAL FROM TLI: 1\n");

        var result = await Probe.OfAsync(server);

        Assert.Equal(BackupType.Incr, Assert.Single(result.Backups).Type);
        Assert.Contains("source=\"server\",tool=\"pg_basebackup\",type=\"incr\"", Published.Text(result), StringComparison.Ordinal);
        Assert.NotNull(result.LossWindow);
    }

    [Theory]
    [InlineData("pgBackRest backup started at 2026-11-22 08:20:43.762861+00", "pgbackrest")]
    [InlineData("Barman backup main 20261122T082106", "barman")]
    [InlineData("pghoard_base_backup", "pghoard")]
    [InlineData("2026-11-22 08:21:06.123457 +0000 UTC m=+0.254", "wal-g")]
    [InlineData("wal-g", "wal-g")]
    [InlineData("nightly; 'quoted' ü", "unknown")]
    public async Task The_label_of_a_backup_tells_its_tool(string label, string tool)
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.BaseBackupAsync(label);

        Assert.Equal(tool, Assert.Single((await Probe.OfAsync(server)).Backups).Tool);
    }

    [Fact]
    public async Task A_backup_that_finished_in_the_future_is_bad_data_and_no_number()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.BaseBackupAsync();
        var history = Probe.WalFiles(server).Single(file => file.Name.EndsWith(".backup", StringComparison.Ordinal));
        history.LastWriteTimeUtc = DateTime.UtcNow.AddMinutes(6);

        var result = await Probe.OfAsync(server);

        Assert.Equal(FailureReason.BadData, result.Failure!.Reason);
        Assert.Empty(result.Backups);
        Assert.Null(result.LossWindow);
        Assert.NotNull(result.Server);
        Assert.Empty(result.SourcesThatAnswered);
    }

    [Fact]
    public async Task The_newest_of_several_backups_counts()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        server.BreakArchiver();
        await server.BaseBackupAsync();
        await server.BaseBackupAsync("wal-g");
        var histories = Probe
            .WalFiles(server)
            .Where(file => file.Name.EndsWith(".backup", StringComparison.Ordinal))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .ToList();
        Assert.Equal(2, histories.Count);
        histories[0].LastWriteTimeUtc = DateTime.UtcNow.AddHours(-5);
        histories[1].LastWriteTimeUtc = DateTime.UtcNow.AddHours(-3);

        var backup = Assert.Single((await Probe.OfAsync(server)).Backups);

        Assert.Equal("wal-g", backup.Tool);
        Assert.InRange(backup.Age!.Value, TimeSpan.FromHours(3), TimeSpan.FromHours(3.02));
    }

    static long Bytes(PostgresServer server) => Probe.WalFiles(server).Sum(file => file.Length);

    static DateTime Local(string text) => DateTime.ParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
