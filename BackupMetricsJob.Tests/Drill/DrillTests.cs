using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>Good backups of real tools: they come back to their last transaction, and what they were made from stays as it was.</summary>
public sealed class DrillTests(DrilledServer drilled) : IClassFixture<DrilledServer>
{
    /// <summary>What a throw-away server must not do, by its own word; and what must have come back.</summary>
    const string Harmless = """
        SELECT bool_and(current_setting(name) = value) FROM (VALUES ('archive_mode', 'off'), ('listen_addresses', ''), ('primary_conninfo', ''),
          ('archive_command', '(disabled)'), ('shared_preload_libraries', ''), ('max_logical_replication_workers', '0'), ('max_worker_processes', '0'),
          ('fsync', 'off'), ('transaction_read_only', 'on'), ('autovacuum', 'off')) AS wanted (name, value);
        SELECT count(*) = 1 FROM later1; SELECT count(*) = 1 FROM later3; SELECT count(*) = 1000 FROM old;
        SELECT NOT rolsuper FROM pg_roles WHERE rolname = current_user;
        SELECT pg_tablespace_location(oid) LIKE '%/backup-metrics-drill-%' FROM pg_tablespace WHERE spcname = 'cold'
        """;

    [Fact]
    public async Task A_plain_base_backup_comes_back_whole_is_recorded_published_and_shown_and_nothing_else_is_touched()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var place = await DrillPlace.CreateAsync();
        // What the lost server did, the throw-away must not do.
        var backup = await place.CopyAsync(drilled.Plain, "backup");
        await File.AppendAllTextAsync(
            Path.Combine(backup, "postgresql.auto.conf"),
            $"archive_command = 'cp %p {place.File("harm")}'\narchive_mode = 'always'\nprimary_conninfo = 'host=127.0.0.1'\n"
                + "shared_preload_libraries = 'no_such_library'\nlisten_addresses = '*'\n"
        );
        await File.WriteAllTextAsync(Path.Combine(backup, "standby.signal"), "");
        place.Give();
        var before = DrillPlace.Fingerprint(backup, drilled.Archive);
        var last = await drilled.Server.ScalarAsync<double>("SELECT extract(epoch FROM at)::float8 FROM later3");

        var result = await place.RunAsync([
            .. Plain(backup, drilled.Archive),
            .. (string[])["--query", place.Write("harmless.sql", Harmless), "--amcheck"],
            .. (string[])["--connection", drilled.Server.ConnectionUri(), "--catalogue", catalogue.Uri],
            .. (string[])["--gateway", gateway.Url, "--label", "team=payments"],
        ]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("according to the server\n", result.Error, StringComparison.Ordinal);
        Assert.Matches("\nok verify [0-9.]+ s: all files of backup_manifest\n", result.Error);
        Assert.Matches("\nok check [0-9.]+ s: files of [0-9]+ relations, 6 queries, pg_amcheck, checksums\n", result.Error);
        Assert.Matches("\nok restored in [0-9]+ s, all that was claimed\n", result.Error);
        Assert.Equal(before, DrillPlace.Fingerprint(backup, drilled.Archive));
        Assert.False(File.Exists(place.File("harm")));
        Assert.Empty(place.Left());
        Assert.Empty(place.Processes());

        const string Labels = "drill=\"orders\",instance=\"orders\",job=\"backup_metrics\",";
        var pushed = await gateway.MetricsAsync();
        Assert.Contains(
            $"postgres_restore_test_success{{{Labels}team=\"payments\",tool=\"pg_basebackup\"}} 1\n",
            pushed,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"postgres_restore_test_shortfall_seconds{{{Labels}team=\"payments\",tool=\"pg_basebackup\"}} 0\n",
            pushed,
            StringComparison.Ordinal
        );
        foreach (var phase in new[] { "fetch", "verify", "replay", "check" })
            Assert.Contains($"postgres_restore_test_duration_seconds{{{Labels}phase=\"{phase}\",", pushed, StringComparison.Ordinal);
        Assert.InRange(Value("postgres_restore_test_recovered_until_timestamp_seconds", pushed), last, last + 5);

        // The run reads it from the catalogue, and says the same.
        var run = await BackupMetrics.RunAsync("run", "--dry-run", "--source", "catalog", "--connection", catalogue.Uri, "--instance", "c");
        foreach (var name in new[] { "success", "recovered_until_timestamp_seconds", "shortfall_seconds" })
            Assert.Equal(Value($"postgres_restore_test_{name}", pushed), Value($"postgres_restore_test_{name}", run.Output));
        Assert.Equal(4, Regex.Count(run.Output, "^postgres_restore_test_duration_seconds{", RegexOptions.Multiline));
        var shown = await BackupMetrics.RunAsync("show", "--source", "catalog", "--connection", catalogue.Uri, "--instance", "c");
        Assert.Matches("restore test +restored [0-9]+ s ago in [0-9]+ s, all that was claimed", shown.Output);
        Assert.Equal(
            "done backup 6",
            await catalogue.Database.ScalarAsync<string>(
                "SELECT concat_ws(' ', status, parent_id, (SELECT count(*) FROM jsonb_object_keys(raw -> 'phases'))) "
                    + "FROM backup_metrics.backup_catalog"
            )
        );
    }

    [Fact]
    public async Task A_tar_base_backup_comes_back_with_its_tablespace()
    {
        await using var place = await DrillPlace.CreateAsync();
        var before = DrillPlace.Fingerprint(drilled.Tar);

        var result = await place.RunAsync([.. Plain(drilled.Tar, drilled.Archive), "--query", place.Write("harmless.sql", Harmless)]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(before, DrillPlace.Fingerprint(drilled.Tar));
        Assert.Empty(place.Left());
    }

    [Fact]
    public async Task WAL_that_was_claimed_and_is_not_there_is_told_to_the_second()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var gateway = await PushgatewayServer.StartAsync();
        var archive = await place.CopyAsync(drilled.Archive, "archive");
        File.Delete(Path.Combine(archive, drilled.LaterSegments[1]));
        var first = await drilled.Server.ScalarAsync<double>("SELECT extract(epoch FROM at)::float8 FROM later1");

        var result = await place.RunAsync([
            .. Plain(drilled.Plain, archive),
            .. (string[])["--connection", drilled.Server.ConnectionUri(), "--gateway", gateway.Url],
        ]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches(
            "\nWARNING restored in [0-9]+ s, [0-9]+ (s|min) behind what was claimed: part of what was said to be archived cannot ",
            result.Error
        );
        DrillPage.AssertRow("WAL after the backup is gone", result);
        var claimed = Regex.Match(result.Error, "claim: all until ([0-9-]+ [0-9:]+) UTC").Groups[1].Value;
        var until = DateTimeOffset.Parse(claimed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeSeconds();
        var pushed = await gateway.MetricsAsync();
        Assert.InRange(Value("postgres_restore_test_recovered_until_timestamp_seconds", pushed), first, first + 1);
        // What is printed has no fractions, and a shortfall is a second at least.
        Assert.InRange(Value("postgres_restore_test_shortfall_seconds", pushed), until - first - 1, Math.Max(1, until - first + 1));
        Assert.Equal(1, Value("postgres_restore_test_success", pushed));
    }

    /// <summary>As after a failover: nobody claims a recovery point, and the archiver says that all is well.</summary>
    [Fact]
    public async Task What_the_archiver_alone_reported_as_stored_is_compared_too()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var liveServer = await PostgresServer.StartAsync(new() { Archiving = true });
        var segment = "";
        for (var i = 0; i < 15; i++)
            segment = await liveServer.SwitchWalAsync();
        await liveServer.WaitForArchivedAsync(segment);

        var result = await place.RunAsync([.. Plain(drilled.Plain, drilled.Archive), "--connection", liveServer.ConnectionUri()]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches("\nclaim: all until .*, WAL until 0/1[0-9A-F]+, according to the archiver\n", result.Error);
        Assert.Matches("\nWARNING restored in [0-9]+ s, [0-9]+ (s|min) behind what was claimed", result.Error);
    }

    /// <summary>Everything but its work directory is read-only, as in the pod of deploy/kubernetes/drill-cronjob.yaml.</summary>
    [Fact]
    public async Task Nothing_is_written_outside_of_its_own_folder()
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await ChildProcess.RunAsync(
            Tool.Find("bwrap", "apt-get install bubblewrap"),
            [
                .. (string[])
                    ["--ro-bind", "/", "/", .. Bubblewrap.Devices, "--proc", "/proc", "--bind", place.Work, place.Work, "--unshare-net"],
                .. (string[])["--setenv", "DOTNET_ROOT", BackupMetrics.DotnetRoot, BackupMetrics.Executable, "drill"],
                .. (string[])["--work-dir", place.Work, .. Plain(drilled.Tar, drilled.Archive), "--amcheck"],
            ],
            new() { Unprivileged = true },
            DrillPlace.Deadline
        );

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Empty(place.Left());
    }

    [Theory]
    [InlineData("custom")]
    [InlineData("directory")]
    [InlineData("plain")]
    [InlineData("create", "postgres")]
    [InlineData("create-clean", "postgres")]
    public async Task A_dump_is_loaded_into_a_new_cluster(string format, string database = "drill")
    {
        await using var place = await DrillPlace.CreateAsync();
        var query = $"SELECT count(*) = 10000 FROM accounts; SELECT current_database() = '{database}'";

        var result = await place.RunAsync([
            .. (string[])["--tool", "pg_dump", "--server", "orders", "--dump", drilled.Dump(format)],
            "--query",
            place.Write("q.sql", query),
        ]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches("\nok check [0-9.]+ s: 2 queries\n", result.Error);
        Assert.Empty(place.Left());
    }

    [Fact]
    public async Task A_good_drill_can_be_quiet_and_a_bad_one_cannot()
    {
        await using var place = await DrillPlace.CreateAsync();
        var backup = await place.CopyAsync(drilled.Plain, "backup");
        place.Give();

        var good = await place.RunAsync([.. Plain(backup, drilled.Archive), "--quiet"]);
        File.Delete(Path.Combine(backup, "backup_label"));
        File.Delete(Path.Combine(backup, "global", "pg_control"));
        var bad = await place.RunAsync([.. Plain(backup, drilled.Archive), "--quiet"]);

        Assert.Equal((0, ""), (good.ExitCode, good.Error));
        Assert.Equal(65, bad.ExitCode);
        Assert.Contains("FAILED", bad.Error, StringComparison.Ordinal);
    }

    static string[] Plain(string directory, string archive) =>
        ["--tool", "pg_basebackup", "--server", "orders", "--directory", directory, "--archive", archive];

    static double Value(string name, string text) =>
        double.Parse(Regex.Match(text, $"^{name}{{.*}} (.+)$", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);
}
