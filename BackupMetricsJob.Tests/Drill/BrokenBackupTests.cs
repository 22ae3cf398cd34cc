using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>Backups broken on purpose: each fails in its phase, in words that name the cause, and nothing is left behind.</summary>
public sealed class BrokenBackupTests(DrilledServer drilled, ToldDrills told) : IClassFixture<DrilledServer>, IClassFixture<ToldDrills>
{
    [Fact]
    public async Task A_flipped_byte_is_found_by_its_checksum_recorded_and_published()
    {
        await using var place = await DrillPlace.CreateAsync();
        var backup = await place.CopyAsync(drilled.Plain, "backup");
        File.Delete(Path.Combine(backup, "backup_manifest"));
        var table = await drilled.Server.ScalarAsync<string>("SELECT pg_relation_filepath('accounts')");
        await using (var file = File.OpenWrite(Path.Combine(backup, table)))
        {
            file.Seek(4000, SeekOrigin.Begin);
            file.WriteByte(0xA5);
        }

        var result = await RunAsync(place, OfBackup(backup));

        await AssertFailedAsync(
            place,
            result,
            "check",
            $"pg_checksums ended with 1: .*checksum verification failed in file .*{Regex.Escape(table)}"
        );
        DrillPage.AssertRow("a flipped bit in a page, without a manifest", result);
        // The group is ours, so `delete` may remove it.
        var deleted = await BackupMetrics.RunAsync(
            "delete",
            "--gateway",
            told.Gateway.Url,
            "--job",
            "backup_metrics",
            "--grouping",
            "drill=orders"
        );
        Assert.True(deleted.ExitCode == 0, deleted.Error);
        Assert.DoesNotContain("postgres_restore_test_success", await told.Gateway.MetricsAsync(), StringComparison.Ordinal);
        var shown = await BackupMetrics.RunAsync("show", "--source", "catalog", "--connection", told.Catalogue.Uri, "--instance", "c");
        Assert.Contains("could not be restored, or a check failed", shown.Output, StringComparison.Ordinal);
        Assert.Matches(
            $"restore test of pg_basebackup failed at .* UTC: check: pg_checksums ended with 1: .*{Regex.Escape(table)}",
            shown.Output
        );
    }

    [Fact]
    public async Task Without_backup_label_it_is_not_even_started()
    {
        await using var place = await DrillPlace.CreateAsync();
        var backup = await place.CopyAsync(drilled.Plain, "backup");
        File.Delete(Path.Combine(backup, "backup_label"));

        var result = await RunAsync(place, OfBackup(backup));

        await AssertFailedAsync(place, result, "fetch", "the backup has no backup_label");
        DrillPage.AssertRow("no `backup_label`", result);
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

        var unpacked = await RunAsync(place, OfBackup(tar));
        await AssertFailedAsync(place, unpacked, "fetch", $@"the tablespace {oid} \(.*\) is missing: there is no {oid}.tar");
        DrillPage.AssertRow("a tablespace is gone", unpacked);
        await AssertFailedAsync(
            place,
            await RunAsync(place, OfBackup(plain)),
            "fetch",
            $"the tablespace {oid} is missing: .* /nowhere, which is not there"
        );
    }

    [Fact]
    public async Task A_tar_that_is_cut_off_says_so()
    {
        await using var place = await DrillPlace.CreateAsync();
        var tar = await place.CopyAsync(drilled.Tar, "tar");
        await using (var file = File.OpenWrite(Path.Combine(tar, "base.tar.gz")))
            file.SetLength(file.Length * 3 / 4);

        var result = await RunAsync(place, OfBackup(tar));

        await AssertFailedAsync(
            place,
            result,
            "fetch",
            "tar ended with 2: gzip: stdin: unexpected end of file tar: Unexpected EOF in archive"
        );
        DrillPage.AssertRow("a tar that is cut off", result);
    }

    [Fact]
    public async Task A_tablespace_of_the_backup_itself_is_never_written_to()
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await RunAsync(place, OfCommand($"cp -a {drilled.Plain}/. %d"));

        await AssertUnfinishedAsync(place, result, 78, "fetch", "outside of the drill's folder: a start would write to it");
    }

    [Fact]
    public async Task Without_the_WAL_of_the_backup_itself_the_server_does_not_start()
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await RunAsync(place, "--tool", "pg_basebackup", "--server", "orders", "--directory", drilled.Plain);

        await AssertFailedAsync(
            place,
            result,
            "replay",
            "the server did not start: FATAL: could not locate required checkpoint record( at [0-9A-F/]+)?[.] "
                + "WAL that the backup itself needs did not come: "
                + @"[0-9A-F]{24} \(restore_command ended with 1: no --archive was given\)\n"
        );
        Assert.DoesNotContain("HINT", result.Error, StringComparison.Ordinal);
    }

    /// <summary>A segment between the start and the end of the backup: without it there is no consistent state to come to.</summary>
    [Fact]
    public async Task A_segment_that_is_missing_in_the_middle_of_the_backup_is_named()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        var backup = place.File("backup");
        var segments = new List<string>();
        await using (var session = await server.OpenAsync())
        {
            await using var start = new Npgsql.NpgsqlCommand("SELECT pg_backup_start('nightly', true)", session);
            await start.ExecuteNonQueryAsync();
            for (var i = 0; i < 3; i++)
                segments.Add(await server.SwitchWalAsync());
            await ChildProcess.RunSuccessfullyAsync("/bin/cp", ["-a", server.DataDirectory, backup]);
            await using var stop = new Npgsql.NpgsqlCommand("SELECT labelfile FROM pg_backup_stop(false)", session);
            await File.WriteAllTextAsync(Path.Combine(backup, "backup_label"), (string)(await stop.ExecuteScalarAsync())!);
        }

        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        foreach (var wal in Directory.GetFiles(Path.Combine(backup, "pg_wal"), "0*"))
            File.Delete(wal);
        var archive = await place.CopyAsync(server.ArchiveDirectory, "archive");
        File.Delete(Path.Combine(archive, segments[1]));
        place.Give();

        var result = await RunAsync(place, "--tool", "pg_basebackup", "--server", "orders", "--directory", backup, "--archive", archive);

        await AssertFailedAsync(
            place,
            result,
            "replay",
            $"WAL ends before end of online backup.* WAL that the backup itself needs did not come: {segments[1]} "
                + @"\(restore_command ended with 1: cp: cannot stat .*No such file or directory\)\n"
        );
        DrillPage.AssertRow("WAL of the backup itself is gone", result);
    }

    [Theory]
    [InlineData("SELECT true; SELECT id = 1 FROM accounts WHERE id < 3", "statement 2: row 2 is false, not true")]
    [InlineData("SELECT false WHERE false", "statement 1: returned no row, and so not true")]
    [InlineData(
        "SELECT true; SELECT * FROM no_such_table",
        "statement 2: relation \"no_such_table\" does not exist .SQLSTATE 42P01.. Either it did not come back, or the question names "
    )]
    public async Task A_question_whose_answer_is_not_true_fails(string query, string problem)
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await RunAsync(place, [.. OfBackup(drilled.Plain), "--query", place.Write("q.sql", query)]);

        await AssertFailedAsync(place, result, "check", problem);
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
        place.Give();

        var (custom, text) = (await DumpAsync("custom"), await DumpAsync("plain"));
        place.AssertEnded(custom, 65, "FAILED", "replay", "pg_restore ended with 1: .*(end of file|could not read)");
        await AssertFailedAsync(place, text, "preflight", "does not end with \"PostgreSQL database dump complete\"");
        await AssertFailedAsync(place, await DumpAsync("directory"), "replay", "pg_restore ended with 1: .*No such file or directory");
        DrillPage.AssertRow("a dump that is cut off", custom);
        DrillPage.AssertRow("a dump that is cut off", text);

        Task<ProcessResult> DumpAsync(string name) =>
            RunAsync(place, "--tool", "pg_dump", "--server", "orders", "--dump", place.File(name));
    }

    [Fact]
    public async Task A_fetch_that_hangs_ends_with_its_timeout()
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await RunAsync(place, [.. OfCommand("sleep 1000; true"), "--timeout", "1s"]);

        await AssertUnfinishedAsync(place, result, 69, "fetch", @"not done within 1 s \(--timeout\)\n");
        DrillPage.AssertRow("a fetch that hangs", result);
    }

    [Fact]
    public async Task What_a_tool_says_last_is_told_without_its_secrets()
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await place.RunAsync(
            new Dictionary<string, string> { ["STORAGE_SECRET_KEY"] = "horse-battery" },
            [.. OfCommand("echo \"error: 403 for $STORAGE_SECRET_KEY, password=staple https://u:correct@s3/\" >&2; exit 3"), .. told.Flags]
        );

        await AssertFailedAsync(
            place,
            result,
            "fetch",
            @"--restore-command ended with 3: error: 403 for \*\*\*, password=\*\*\* https://\*\*\*@s3/\n"
        );
    }

    string[] OfBackup(string directory) =>
        ["--tool", "pg_basebackup", "--server", "orders", "--directory", directory, "--archive", drilled.Archive];

    static string[] OfCommand(string command) => ["--tool", "command", "--server", "orders", "--restore-command", command];

    Task AssertFailedAsync(DrillPlace place, ProcessResult result, string phase, string words)
    {
        place.AssertEnded(result, 65, "FAILED", phase, words);
        return told.AssertAsync("failed", phase, words);
    }

    Task AssertUnfinishedAsync(DrillPlace place, ProcessResult result, int code, string phase, string words)
    {
        place.AssertEnded(result, code, "UNFINISHED", phase, words);
        return told.AssertAsync("waiting", phase, words);
    }

    Task<ProcessResult> RunAsync(DrillPlace place, params string[] arguments) => place.RunAsync([.. arguments, .. told.Flags]);
}
