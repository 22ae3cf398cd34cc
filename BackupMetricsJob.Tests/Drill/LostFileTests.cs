using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>PostgreSQL starts over a file that is missing. Without --amcheck or --query the drill sees it all the same.</summary>
public sealed class LostFileTests(DrilledServer drilled) : IClassFixture<DrilledServer>
{
    [Fact]
    public async Task A_file_of_the_backup_that_is_gone_or_changed_is_named_by_its_manifest()
    {
        await using var place = await DrillPlace.CreateAsync();
        var (backup, table) = await CopyAsync(place);
        await File.WriteAllTextAsync(Path.Combine(backup, "NOTES"), "of a colleague");
        place.Give();

        var whole = await DrillAsync(place, backup);
        await using (var file = File.OpenWrite(Path.Combine(backup, table)))
        {
            file.Seek(4000, SeekOrigin.Begin);
            file.WriteByte(0xA5);
        }

        var flipped = await DrillAsync(place, backup);
        File.Delete(Path.Combine(backup, table));
        var missing = await DrillAsync(place, backup);

        Assert.True(whole.ExitCode == 0, whole.Error);
        Assert.Matches("\nok verify .*: all files of backup_manifest; \"NOTES\" is present on disk but not in the manifest\n", whole.Error);
        place.AssertEnded(flipped, 65, "FAILED", "verify", $"checksum mismatch for file \"{table}\"\n");
        place.AssertEnded(missing, 65, "FAILED", "verify", $"\"{table}\" is present in the manifest but not on disk\n");
        DrillPage.AssertRow("a file is gone, cut off or changed", missing);
    }

    [Fact]
    public async Task A_file_that_is_gone_from_a_tar_is_named_too()
    {
        await using var place = await DrillPlace.CreateAsync();
        var tar = await place.CopyAsync(drilled.Tar, "tar");
        var table = await drilled.Server.ScalarAsync<string>("SELECT pg_relation_filepath('old')");
        const string Repack = """
            cd "$1" && mkdir t && tar -xzf [0-9]*.tar.gz -C t && rm "t/${2#pg_tblspc/*/}" && tar -czf [0-9]*.tar.gz -C t . && rm -r t
            """;
        await ChildProcess.RunSuccessfullyAsync("/bin/sh", ["-c", Repack, "repack", tar, table]);
        place.Give();

        var result = await DrillAsync(place, tar);

        place.AssertEnded(result, 65, "FAILED", "verify", $"\"{table}\" is present in the manifest but not on disk\n");
    }

    /// <summary>pg_combinebackup makes a new manifest of what it finds, so what is missing is missing in both.</summary>
    [Fact]
    public async Task Each_of_several_backups_is_compared_with_its_own_manifest()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.ExecuteAsync("CREATE TABLE accounts AS SELECT 1 AS id");
        var table = await server.ScalarAsync<string>("SELECT pg_relation_filepath('accounts')");
        var (full, incremental) = (await server.BaseBackupAsync(), await place.CopyAsync(await server.BaseBackupAsync(), "incremental"));
        File.Delete(Path.Combine(incremental, table));
        var bin = Programs(place, without: "pg_combinebackup");
        var combine = place.Write("bin/pg_combinebackup", "#!/bin/sh\ncp -a \"$5/.\" \"$3\"; rm \"$3/backup_manifest\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(combine, (UnixFileMode)0b111_101_101);
        place.Give();

        var result = await place.RunAsync([
            .. (string[])["--tool", "pg_basebackup", "--server", "orders", "--bin-dir", bin],
            .. (string[])["--directory", full, "--directory", incremental],
        ]);

        place.AssertEnded(result, 65, "FAILED", "verify", $"incremental: \"{table}\" is present in the manifest but not on disk\n");
    }

    [Fact]
    public async Task Without_a_manifest_the_files_of_all_relations_are_looked_for()
    {
        await using var place = await DrillPlace.CreateAsync();
        var (backup, table) = await CopyAsync(place);
        File.Delete(Path.Combine(backup, "backup_manifest"));
        place.Give();

        var whole = await DrillAsync(place, backup);
        File.Delete(Path.Combine(backup, table));
        var missing = await DrillAsync(place, backup);

        Assert.True(whole.ExitCode == 0, whole.Error);
        Assert.Matches("\nok verify .*: no backup_manifest came with it, so its files are looked for, and not compared\n", whole.Error);
        Assert.Matches("\nok check .*: files of [0-9]{3,} relations, checksums\n", whole.Error);
        place.AssertEnded(missing, 65, "FAILED", "check", $@"database postgres: the file of accounts \({table}\) is missing\n");
        DrillPage.AssertRow("a file is gone, without a manifest, and replay does not touch it", missing);
    }

    [Fact]
    public async Task Without_pg_verifybackup_it_says_that_nothing_was_compared()
    {
        await using var place = await DrillPlace.CreateAsync();
        var bin = Programs(place, without: "pg_verifybackup");
        place.Give();

        var result = await DrillAsync(place, drilled.Plain, "--bin-dir", bin);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches("\nok verify .*: backup_manifest not compared: there is no pg_verifybackup in .*postgresql-client-", result.Error);
    }

    async Task<(string Backup, string Table)> CopyAsync(DrillPlace place) =>
        (
            await place.CopyAsync(drilled.Plain, "backup"),
            await drilled.Server.ScalarAsync<string>("SELECT pg_relation_filepath('accounts')")
        );

    static string Programs(DrillPlace place, string without)
    {
        var bin = Directory.CreateDirectory(place.File("bin")).FullName;
        foreach (var program in Directory.GetFiles(PostgresBinaries.Distribution.Folder))
        {
            if (Path.GetFileName(program) != without)
                File.CreateSymbolicLink(Path.Combine(bin, Path.GetFileName(program)), program);
        }

        return bin;
    }

    Task<ProcessResult> DrillAsync(DrillPlace place, string directory, params string[] more) =>
        place.RunAsync([
            .. (string[])["--tool", "pg_basebackup", "--server", "orders", "--directory", directory, "--archive", drilled.Archive],
            .. more,
        ]);
}
