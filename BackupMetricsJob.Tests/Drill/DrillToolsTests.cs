using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>
/// Backups by pgBackRest and Barman themselves; and by a stand-in for wal-g, which has its command line and no more: there is no binary of
/// wal-g here.
/// </summary>
public sealed class DrillToolsTests
{
    const string Passphrase = "of-this-repository";

    readonly string _pgBackRest = Tool.Find("pgbackrest", "apt-get install pgbackrest");
    readonly string _barman = Tool.Find("barman", "apt-get install barman");

    [Fact]
    public async Task PgBackRest_with_an_encrypted_repository_another_passphrase_and_a_hole_in_its_archive()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        var config = PgBackRestConfig(place, server, "pgbackrest.conf", Passphrase);
        var wrong = PgBackRestConfig(place, server, "wrong.conf", "of-another-one");
        place.Give();
        await PgBackRestAsync(config, "stanza-create");
        await server.SetAsync("archive_command", $"pgbackrest --config={config} --stanza=orders archive-push %p");
        await PgBackRestAsync(config, "backup");
        var later = await FillSegmentsAsync(server);
        await server.SettleAsync();
        var before = DrillPlace.Fingerprint(place.File("repo"), server.DataDirectory + "/base");

        var good = await place.RunAsync([.. Of(config), "--connection", server.ConnectionUri(), "--query", Tables(place, 3)]);

        Assert.True(good.ExitCode == 0, good.Error);
        Assert.Matches("\nok restored in [0-9]+ s, all that was claimed\n", good.Error);
        Assert.Matches("\nok preflight [0-9.]+ s: [0-9]{8}-[0-9]{6}F, [0-9.]+ MB, PostgreSQL [0-9]+\n", good.Error);
        Assert.Equal(before, DrillPlace.Fingerprint(place.File("repo"), server.DataDirectory + "/base"));

        var refused = await place.RunAsync(Of(wrong));
        Assert.Equal(65, refused.ExitCode);
        Assert.Matches(
            $"\nFAILED preflight .*: pgbackrest cannot read repo1: .*'{place.File("repo")}/backup/orders/backup.info'.*. The repository is "
                + "encrypted with another passphrase than repo1-cipher-pass, or not at all, or that file is damaged\n",
            refused.Error
        );
        Assert.DoesNotContain("of-another-one", refused.Error, StringComparison.Ordinal);
        DrillPage.AssertRow("another passphrase", refused);

        // pgBackRest itself says that all is well.
        File.Delete(Assert.Single(Directory.GetFiles(place.File("repo"), later[1] + "-*", SearchOption.AllDirectories)));
        var short_ = await place.RunAsync([.. Of(config), "--connection", server.ConnectionUri(), "--query", Tables(place, 1)]);
        Assert.True(short_.ExitCode == 0, short_.Error);
        Assert.Matches(
            $"\nWARNING restored in .* behind what was claimed: .*. The first that did not come: {later[1]} .restore_command ended with 1",
            short_.Error
        );
        Assert.Empty(place.Left());
        Assert.Empty(place.Processes());
    }

    [Fact]
    public async Task Barman_with_the_WAL_that_it_has()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        var config = BarmanConfig(place, server);
        Directory.CreateDirectory(place.File("home"));
        Directory.CreateDirectory(place.File("space"));
        place.Give();
        await server.ExecuteAsync($"CREATE TABLESPACE cold LOCATION '{place.File("space")}'");
        await server.ExecuteAsync("CREATE TABLE old TABLESPACE cold AS SELECT 1 AS id");
        await BarmanAsync("check orders"); // makes its folders
        await server.SetAsync("archive_command", $"cp %p {place.File("home/orders/incoming")}/%f");
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await BarmanAsync("archive-wal orders");
        await BarmanAsync("backup orders");
        await FillSegmentsAsync(server);
        await BarmanAsync("archive-wal orders");
        var before = DrillPlace.Fingerprint(place.File("home/orders"), place.File("space"));

        var result = await place.RunAsync([
            .. (string[])["--tool", "barman", "--stanza", "orders", "--tool-config", config],
            .. (string[])["--connection", server.ConnectionUri(), "--query", Tables(place, 3, "SELECT id = 1 FROM old;")],
        ]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches("\nok restored in [0-9]+ s, all that was claimed\n", result.Error);
        Assert.Equal(before, DrillPlace.Fingerprint(place.File("home/orders"), place.File("space")));
        Assert.Empty(place.Left());

        async Task BarmanAsync(string arguments) =>
            await ChildProcess.RunAsync(_barman, ["-c", config, .. arguments.Split(' ')], new() { Unprivileged = true });
    }

    [Fact]
    public async Task WalG_by_its_command_line_and_never_with_tablespaces()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        var backup = await server.BaseBackupAsync();
        await FillSegmentsAsync(server);
        Directory.CreateDirectory(place.File("bin"));
        var program = place.Write(
            "bin/wal-g",
            $$"""
            #!/bin/sh
            case "$1 $2" in
              'backup-list --detail') echo '[{"backup_name":"base_1","finish_time":"2026-11-29T00:00:00Z","pg_version":150000,"uncompressed_size":9},
                {"backup_name":"base_2","finish_time":"2026-11-30T00:00:00Z","pg_version":{{server.Options.Version}}0000,"uncompressed_size":1000}]' ;;
              'st cat') [ "$3" = basebackups_005/base_2_backup_stop_sentinel.json ] && cat {{place.File("sentinel")}} ;;
              "backup-fetch $2") [ "$3" = base_2 ] && cp -a {{backup}}/. "$2" ;;
              "wal-fetch $2") cp {{server.ArchiveDirectory}}/"$2" "$3" ;;
              *) echo "unknown: $*" >&2; exit 1 ;;
            esac

            """
        );
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        var environment = new Dictionary<string, string> { ["PATH"] = $"{place.File("bin")}:{Environment.GetEnvironmentVariable("PATH")}" };
        string[] arguments = ["--tool", "wal-g", "--server", "orders", "--query", Tables(place, 3)];

        place.Write(
            "sentinel",
            """{"Spec": {"base_prefix": "/x", "tablespaces": ["16385"], "16385": {"loc": "/y", "link": "pg_tblspc/16385"}}}"""
        );
        place.Give();
        var refused = await place.RunAsync(environment, arguments);
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains("base_2 has 1 tablespaces, which wal-g would write to where they were", refused.Error, StringComparison.Ordinal);

        place.Write("sentinel", """{"Spec": null}""");
        var result = await place.RunAsync(environment, arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains(" s: base_2, 1 kB, PostgreSQL ", result.Error, StringComparison.Ordinal);
        Assert.Empty(place.Left());
    }

    /// <summary>Left alone, pgBackRest would restore from the first repository.</summary>
    [Fact]
    public async Task PgBackRest_restores_the_backup_that_the_drill_names_from_whatever_repository_has_it()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        string[] repositories =
        [
            "repo1-retention-full=1",
            $"repo2-path={place.File("second")}",
            "repo2-retention-full=1",
            "repo2-cipher-type=aes-256-cbc",
            "repo2-cipher-pass=" + Passphrase,
            "compress-type=none",
        ];
        var config = place.Write("pgbackrest.conf", ToolConfiguration.PgBackRest(place.File, server, repositories));
        var wrong = place.Write("wrong.conf", (await File.ReadAllTextAsync(config)).Replace(Passphrase, "of-another-one"));
        place.Give();
        await PgBackRestAsync(config, "stanza-create");
        await server.SetAsync("archive_command", $"pgbackrest --config={config} --stanza=orders archive-push %p");
        await PgBackRestAsync(config, "--repo=1", "backup");
        await PgBackRestAsync(config, "--repo=2", "backup");
        var newest = Directory.GetDirectories(place.File("second/backup/orders"), "*F").Single();

        var good = await place.RunAsync(Of(config));
        var refused = await place.RunAsync(Of(wrong));
        var alone = await place.RunAsync(new Dictionary<string, string> { ["PGBACKREST_REPO"] = "1" }, Of(wrong));
        var info = Directory.GetFiles(place.File("repo/archive/orders"), "archive.info*");
        Assert.Equal(2, info.Length);
        Array.ForEach(info, File.Delete);
        var incomplete = await place.RunAsync(Of(config));
        Directory.Delete(place.File("repo"), recursive: true);
        var half = await place.RunAsync(Of(config));
        File.Delete(Path.Combine(newest, "pg_data/global/pg_control"));
        var broken = await place.RunAsync(Of(config));
        Directory.Delete(place.File("second"), recursive: true);

        Assert.True(good.ExitCode == 0, good.Error);
        Assert.Contains($" s: {Path.GetFileName(newest)}, from repo2, ", good.Error, StringComparison.Ordinal);
        place.AssertEnded(
            refused,
            65,
            "FAILED",
            "preflight",
            $"pgbackrest cannot read repo2: .*'{place.File("second/backup/orders/backup.info")}'.* another passphrase than "
                + "repo2-cipher-pass, .*. Nothing was restored: with the variable PGBACKREST_REPO=1, repo1 is drilled alone\n"
        );
        Assert.True(alone.ExitCode == 0, alone.Error);
        place.AssertEnded(
            incomplete,
            65,
            "FAILED",
            "preflight",
            $"pgbackrest cannot read repo1: .FileMissingError. .*'{place.File("repo/archive/orders/archive.info")}'.*. That file is "
                + "missing: "
        );
        Assert.DoesNotContain("passphrase", incomplete.Error, StringComparison.Ordinal);
        DrillPage.AssertRow("a file of the repository is gone", incomplete);
        Assert.Contains(", from repo2 (repo1: missing stanza path), ", half.Error, StringComparison.Ordinal);
        Assert.Equal((0, 65), (half.ExitCode, broken.ExitCode));
        Assert.Matches("\nFAILED fetch .*pg_control", broken.Error);
        place.AssertEnded(
            await place.RunAsync(Of(config)),
            78,
            "UNFINISHED",
            "preflight",
            $"knows no stanza orders: repo1: .*'{place.File("repo/backup/orders/backup.info")}'.*; repo2: .*'{place.File("second")}/"
                + "backup.*. Nor has it any other: is that place right .repo1-path., and is it mounted"
        );
    }

    static string[] Of(string config) => ["--tool", "pgbackrest", "--stanza", "orders", "--tool-config", config];

    /// <summary>Three segments, each with a table of its own.</summary>
    static async Task<List<string>> FillSegmentsAsync(PostgresServer server)
    {
        var segments = new List<string>();
        for (var i = 1; i <= 3; i++)
        {
            await server.ExecuteAsync($"CREATE TABLE later{i} AS SELECT now() AS at");
            segments.Add(await server.SwitchWalAsync());
        }

        await server.WaitForArchivedAsync(segments[^1]);
        return segments;
    }

    /// <summary>A question that is true if so many of these tables came back.</summary>
    static string Tables(DrillPlace place, int count, string more = "") =>
        place.Write(
            "tables.sql",
            string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) = {count} FROM pg_class WHERE relname ~ '^later[0-9]$'; {more}")
        );

    Task<string> PgBackRestAsync(string config, params string[] command) =>
        ChildProcess.RunSuccessfullyAsync(
            _pgBackRest,
            ["--config=" + config, "--stanza=orders", .. command],
            new() { Unprivileged = true }
        );

    static string PgBackRestConfig(DrillPlace place, PostgresServer server, string name, string passphrase) =>
        place.Write(
            name,
            ToolConfiguration.PgBackRest(
                place.File,
                server,
                "repo1-retention-full=1",
                "repo1-cipher-type=aes-256-cbc",
                $"repo1-cipher-pass={passphrase}",
                "compress-type=none"
            )
        );

    static string BarmanConfig(DrillPlace place, PostgresServer server) =>
        place.Write("barman.conf", ToolConfiguration.Barman(place.File, server, $"path_prefix = {PostgresBinaries.Distribution.Folder}"));
}
