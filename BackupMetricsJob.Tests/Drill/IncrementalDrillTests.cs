using System.Globalization;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>
/// A full backup and an incremental one on top of it, put together by pg_combinebackup: PostgreSQL's own where the distribution has 17 or
/// newer; elsewhere by a stand-in that knows its command line, and copies the newest backup, which is a whole one then.
/// </summary>
public sealed class IncrementalDrillTests(DrilledServer drilled) : IClassFixture<DrilledServer>
{
    /// <summary>As pg_combinebackup is called: -N -o OUTPUT FULL INCREMENTAL...</summary>
    const string StandIn = """
        #!/bin/sh
        [ "$1" = -N ] && [ "$2" = -o ] && [ $# = 5 ] && [ -e "$4/full" ] && [ -e "$5/incremental" ] || { echo "error: $*" >&2; exit 1; }
        cp -a "$5/." "$3"

        """;

    /// <summary>It is the operator who names the backups that it builds on.</summary>
    [Theory]
    [InlineData("pg_basebackup", "preflight", "--directory .*/alone is an incremental backup .from LSN 0/3000028.")]
    [InlineData("command", "fetch", "what was fetched is an incremental backup .from LSN 0/3000028.")]
    public async Task An_incremental_one_alone_is_no_whole_backup(string tool, string phase, string words)
    {
        await using var place = await DrillPlace.CreateAsync();
        var alone = await place.CopyAsync(drilled.Plain, "alone");
        await File.AppendAllTextAsync(Path.Combine(alone, "backup_label"), "INCREMENTAL FROM LSN: 0/3000028\nINCREMENTAL FROM TLI: 1\n");
        place.Give();

        var result = await place.RunAsync([
            .. (string[])["--tool", tool, "--server", "orders"],
            .. tool == "command" ? (string[])["--restore-command", $"cp -a {alone}/. %d"] : ["--directory", alone],
        ]);

        place.AssertEnded(result, 78, "UNFINISHED", phase, words + ", and no whole one: name all backups that it builds on");
        DrillPage.AssertRow("an incremental backup without those that it builds on", result);
    }

    /// <summary>The words are those of PostgreSQL 17.</summary>
    [Fact]
    public async Task Backups_that_do_not_build_on_each_other_are_told_apart_from_damage()
    {
        await using var place = await DrillPlace.CreateAsync();
        const string Refusal = """
            #!/bin/sh
            echo "pg_combinebackup: error: backup at \"$5\" starts at LSN 0/8000028, but expected 0/3000028" >&2; exit 1

            """;
        string[] arguments =
        [
            .. (string[])["--tool", "pg_basebackup", "--server", "orders", "--bin-dir", Programs(place, Refusal)],
            .. (string[])["--directory", drilled.Plain, "--directory", drilled.Plain],
        ];
        place.Give();

        place.AssertEnded(
            await place.RunAsync(arguments),
            65,
            "FAILED",
            "fetch",
            "pg_combinebackup ended with 1: .* but expected 0/3000028. Each builds on the one before it: name them in the order"
        );
    }

    [Fact]
    public async Task A_full_backup_and_an_incremental_one_come_back_together()
    {
        await using var place = await DrillPlace.CreateAsync();
        var isReal = PostgresBinaries.Distribution.Version >= 17;
        var options = new PostgresOptions { Archiving = true };
        if (isReal)
            options.Settings["summarize_wal"] = "on";
        await using var server = await PostgresServer.StartAsync(options);
        await server.ExecuteAsync("CREATE TABLE first AS SELECT generate_series(1, 1000) AS id");
        await BackupAsync("full");
        await server.ExecuteAsync("CREATE TABLE second AS SELECT generate_series(1, 1000) AS id");
        await BackupAsync("incremental", isReal ? ["--incremental=" + place.File("full/backup_manifest")] : []);
        foreach (var name in new[] { "full", "incremental" })
            await File.WriteAllTextAsync(Path.Combine(place.File(name), name), "");
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        string[] programs = [];
        if (!isReal)
        {
            programs = ["--bin-dir", Programs(place, StandIn)];
        }
        else
        {
            // Names that a manifest does not know are no part of a backup.
            File.Delete(place.File("full/full"));
            File.Delete(place.File("incremental/incremental"));
        }

        place.Give();
        var before = DrillPlace.Fingerprint(place.File("full"), place.File("incremental"));

        var result = await place.RunAsync([
            .. (string[])["--tool", "pg_basebackup", "--server", "orders", "--archive", server.ArchiveDirectory],
            .. (string[])["--directory", place.File("full"), "--directory", place.File("incremental"), .. programs],
            .. (string[])["--query", place.Write("q.sql", "SELECT count(*) = 1000 FROM first; SELECT count(*) = 1000 FROM second")],
        ]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches("\nok check [0-9.]+ s: files of [0-9]+ relations, 2 queries", result.Error);
        Assert.Equal(before, DrillPlace.Fingerprint(place.File("full"), place.File("incremental")));
        Assert.Empty(place.Left());

        Task<string> BackupAsync(string name, params string[] more) =>
            DrilledServer.RunAsync(
                "pg_basebackup",
                [
                    .. (string[])["-h", server.SocketDirectory, "-p", server.Port.ToString(CultureInfo.InvariantCulture)],
                    .. (string[])["-U", server.Options.Superuser, "-D", place.File(name), "-X", "none", "-c", "fast", "--no-sync"],
                    .. more,
                ]
            );
    }

    /// <summary>PostgreSQL's programs, with this one instead of pg_combinebackup.</summary>
    static string Programs(DrillPlace place, string combine)
    {
        var bin = Directory.CreateDirectory(place.File("bin")).FullName;
        foreach (var program in Directory.GetFiles(PostgresBinaries.Distribution.Folder))
        {
            if (Path.GetFileName(program) != "pg_combinebackup")
                File.CreateSymbolicLink(Path.Combine(bin, Path.GetFileName(program)), program);
        }

        var file = place.Write("bin/pg_combinebackup", combine);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        return bin;
    }
}
