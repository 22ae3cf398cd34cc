using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>Backups broken on purpose: each fails in its phase, in words that name the cause, and nothing is left behind.</summary>
public sealed class BrokenBackupTests(DrilledServer drilled) : IClassFixture<DrilledServer>
{
    [Fact]
    public async Task A_flipped_byte_is_found_by_its_checksum_recorded_and_published()
    {
        await using var catalogue = await CatalogDatabase.StartAsync();
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var place = await DrillPlace.CreateAsync();
        var backup = await place.CopyAsync(drilled.Plain, "backup");
        var table = await drilled.Server.ScalarAsync<string>("SELECT pg_relation_filepath('accounts')");
        await using (var file = File.OpenWrite(Path.Combine(backup, table)))
        {
            file.Seek(4000, SeekOrigin.Begin);
            file.WriteByte(0xA5);
        }

        var result = await place.RunAsync([.. OfBackup(backup), "--catalogue", catalogue.Uri, "--gateway", gateway.Url]);

        AssertFailed(place, result, "check", $"pg_checksums ended with 1: .*checksum verification failed in file .*{Regex.Escape(table)}");
        Assert.Matches(
            "^failed check: pg_checksums ended with 1: ",
            await catalogue.Server.ScalarAsync<string>("SELECT concat_ws(' ', status, error) FROM backup_metrics.backup_catalog")
        );
        Assert.Contains(
            "postgres_restore_test_success{drill=\"orders\",instance=\"orders\",job=\"backup_metrics\",tool=\"pg_basebackup\"} 0\n",
            await gateway.MetricsAsync(),
            StringComparison.Ordinal
        );
        // The group is ours, so `delete` may remove it.
        var deleted = await BackupMetrics.RunAsync(
            "delete",
            "--gateway",
            gateway.Url,
            "--job",
            "backup_metrics",
            "--grouping",
            "drill=orders"
        );
        Assert.True(deleted.ExitCode == 0, deleted.Error);
        Assert.DoesNotContain("postgres_restore_test_success", await gateway.MetricsAsync(), StringComparison.Ordinal);
        var shown = await BackupMetrics.RunAsync("show", "--source", "catalog", "--connection", catalogue.Uri, "--instance", "c");
        Assert.Contains("could not be restored, or a check failed", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_backup_label_it_is_not_even_started()
    {
        await using var place = await DrillPlace.CreateAsync();
        var backup = await place.CopyAsync(drilled.Plain, "backup");
        File.Delete(Path.Combine(backup, "backup_label"));

        AssertFailed(place, await place.RunAsync(OfBackup(backup)), "fetch", "the backup has no backup_label");
    }

    [Fact]
    public async Task A_missing_tablespace_is_named()
    {
        await using var place = await DrillPlace.CreateAsync();
        var tar = await place.CopyAsync(drilled.Tar, "tar");
        var oid = await drilled.Server.ScalarAsync<uint>("SELECT oid FROM pg_tablespace WHERE spcname = 'cold'");
        File.Delete(Path.Combine(tar, $"{oid}.tar.gz"));
        var plain = await place.CopyAsync(drilled.Plain, "backup");
        File.Delete(Path.Combine(plain, $"pg_tblspc/{oid}"));
        File.CreateSymbolicLink(Path.Combine(plain, $"pg_tblspc/{oid}"), "/nowhere");

        AssertFailed(
            place,
            await place.RunAsync(OfBackup(tar)),
            "fetch",
            $@"the tablespace {oid} \(.*\) is missing: there is no {oid}.tar"
        );
        AssertFailed(
            place,
            await place.RunAsync(OfBackup(plain)),
            "fetch",
            $"the tablespace {oid} is missing: .* /nowhere, which is not there"
        );
    }

    [Fact]
    public async Task A_tablespace_of_the_backup_itself_is_never_written_to()
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await place.RunAsync(OfCommand($"cp -a {drilled.Plain}/. %d"));

        AssertFailed(place, result, "fetch", "outside of the drill's folder: a start would write to it");
    }

    [Fact]
    public async Task Without_the_WAL_of_the_backup_itself_the_server_does_not_start()
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await place.RunAsync("--tool", "pg_basebackup", "--server", "orders", "--directory", drilled.Plain);

        AssertFailed(place, result, "replay", "the server did not start: FATAL: could not locate required checkpoint record\n");
        Assert.DoesNotContain("HINT", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_major_version_is_refused_before_the_fetch()
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await place.RunAsync([.. OfBackup(drilled.Plain), "--bin-dir", PostgresBinaries.Find(17).Folder]);

        AssertFailed(place, result, "preflight", "the backup is of PostgreSQL [0-9]+, but --bin-dir .* has version 17");
    }

    [Theory]
    [InlineData("SELECT true; SELECT id = 1 FROM accounts WHERE id < 3", "statement 2: row 2 is false, not true")]
    [InlineData("SELECT false WHERE false", "statement 1: returned no row, and so not true")]
    [InlineData("SELECT 1", "statement 1: must return true or false")]
    [InlineData("SELECT true; SELECT * FROM no_such_table", "statement 2: relation \"no_such_table\" does not exist")]
    [InlineData("CREATE TABLE x (); SELECT true", "cannot execute CREATE TABLE in a read-only transaction")]
    public async Task A_question_whose_answer_is_not_true_fails(string query, string problem)
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await place.RunAsync([.. OfBackup(drilled.Plain), "--query", place.Write("q.sql", query)]);

        AssertFailed(place, result, "check", problem);
    }

    [Fact]
    public async Task A_truncated_dump_of_each_format_fails()
    {
        await using var place = await DrillPlace.CreateAsync();
        foreach (var format in new[] { "custom", "plain" })
        {
            var whole = await File.ReadAllBytesAsync(drilled.Dump(format));
            await File.WriteAllBytesAsync(place.File(format), whole[..(whole.Length * 3 / 4)]);
        }

        var directory = await place.CopyAsync(drilled.Dump("directory"), "directory");
        File.Delete(Directory.GetFiles(directory, "*.dat.gz").MaxBy(file => new FileInfo(file).Length)!);
        await place.GiveAsync();

        AssertFailed(place, await DumpAsync("custom"), "replay", "pg_restore ended with 1: .*(end of file|could not read)");
        AssertFailed(place, await DumpAsync("directory"), "replay", "pg_restore ended with 1: .*No such file or directory");
        AssertFailed(place, await DumpAsync("plain"), "preflight", "does not end with \"PostgreSQL database dump complete\"");

        Task<ProcessResult> DumpAsync(string name) => place.RunAsync("--tool", "pg_dump", "--server", "orders", "--dump", place.File(name));
    }

    [Fact]
    public async Task A_full_disk_is_noticed_before_the_fetch_or_named_by_the_fetch()
    {
        await using var place = await DrillPlace.CreateAsync();

        AssertFailed(place, await OnSmallDiskAsync(OfBackup(drilled.Plain)), "preflight", "not enough space in .* are free");
        AssertFailed(place, await OnSmallDiskAsync(OfCommand($"cp -a {drilled.Plain}/. %d")), "fetch", "No space left on device");

        // A file system of 8 MB that nobody else sees.
        Task<ProcessResult> OnSmallDiskAsync(string[] arguments) =>
            ChildProcess.RunAsync(
                Tool.Find("bwrap", "apt-get install bubblewrap"),
                [
                    .. (string[])["--bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--size", "8000000", "--tmpfs", place.Work],
                    .. (string[])["--setenv", "DOTNET_ROOT", BackupMetrics.DotnetRoot],
                    .. (string[])[BackupMetrics.Executable, "drill", "--work-dir", place.Work, .. arguments],
                ],
                new() { Unprivileged = true }
            );
    }

    [Fact]
    public async Task A_fetch_that_hangs_ends_with_its_timeout()
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await place.RunAsync([.. OfCommand("sleep 1000; true"), "--timeout", "1s"]);

        AssertFailed(place, result, "fetch", @"not done within 1 s \(--timeout\)");
    }

    [Fact]
    public async Task What_a_tool_says_last_is_told_without_its_secrets()
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await place.RunAsync(
            new Dictionary<string, string> { ["STORAGE_SECRET_KEY"] = "horse-battery" },
            OfCommand("echo \"error: 403 for $STORAGE_SECRET_KEY, password=staple https://u:correct@s3/\" >&2; exit 3")
        );

        AssertFailed(
            place,
            result,
            "fetch",
            @"--restore-command ended with 3: error: 403 for \*\*\*, password=\*\*\* https://\*\*\*@s3/\n"
        );
    }

    [Fact]
    public async Task A_stopped_drill_ends_its_server_and_removes_its_folder()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var drill = place.Start(WithHangingArchive());
        await Wait.ForAsync("the server", () => place.Processes().Count >= 2);

        drill.Signal(PosixSignal.SIGTERM);
        var result = await drill.WaitAsync();

        Assert.Equal(143, result.ExitCode);
        Assert.Contains("\nstopped replay ", result.Error, StringComparison.Ordinal);
        Assert.Empty(place.Left());
        Assert.Empty(place.Processes());
    }

    [Fact]
    public async Task What_a_killed_drill_left_is_cleared_away_by_the_next_one_and_nothing_else_is()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using (var killed = place.Start(WithHangingArchive()))
            await Wait.ForAsync("the server", () => place.Processes().Count >= 2);
        var left = Assert.Single(place.Left());
        Assert.NotEmpty(place.Processes());
        var strange = Path.Combine(place.Work, "backup-metrics-drill-other");
        Directory.CreateDirectory(strange);
        await File.WriteAllTextAsync(Path.Combine(strange, "made-by-backup-metrics-drill"), "of somebody else\n");
        await place.GiveAsync();
        await using var living = place.Start(WithHangingArchive());
        await Wait.ForAsync("another drill", () => place.Left().Length == 2 && place.Processes().Count >= 2 && !Directory.Exists(left));
        var other = place.Left().Single(folder => folder != strange);

        var result = await place.RunAsync(OfBackup(drilled.Plain));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("removed ", result.Error, StringComparison.Ordinal);
        Assert.Equal([other, strange], place.Left().Order(StringComparer.Ordinal).OrderBy(folder => folder == strange));
        Assert.NotEmpty(place.Processes());
        living.Signal(PosixSignal.SIGTERM);
        await living.WaitAsync();
        Assert.Contains($"removed {left}, which a killed drill had left\n", living.Error, StringComparison.Ordinal);
        Assert.Empty(place.Processes());
    }

    string[] WithHangingArchive() =>
        ["--tool", "pg_basebackup", "--server", "orders", "--directory", drilled.Plain, "--archive", "sleep 1000 # %f %p"];

    string[] OfBackup(string directory) =>
        ["--tool", "pg_basebackup", "--server", "orders", "--directory", directory, "--archive", drilled.Archive];

    static string[] OfCommand(string command) => ["--tool", "command", "--server", "orders", "--restore-command", command];

    static void AssertFailed(DrillPlace place, ProcessResult result, string phase, string words)
    {
        Assert.True(result.ExitCode == 65, result.Error);
        Assert.Matches($"(^|\n)FAILED {phase} [0-9.]+ s: .*{words}", result.Error);
        Assert.Empty(place.Left());
        Assert.Empty(place.Processes());
    }
}
