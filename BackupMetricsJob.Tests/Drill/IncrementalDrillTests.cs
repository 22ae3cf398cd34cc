using System.Globalization;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>
/// A full backup and an incremental one on top of it, put together by pg_combinebackup: PostgreSQL's own where the distribution has 17 or
/// newer; elsewhere by a stand-in that knows its command line, and copies the newest backup, which is a whole one then.
/// </summary>
public sealed class IncrementalDrillTests
{
    /// <summary>As pg_combinebackup is called: -N -o OUTPUT FULL INCREMENTAL...</summary>
    const string StandIn = """
        #!/bin/sh
        [ "$1" = -N ] && [ "$2" = -o ] && [ $# = 5 ] && [ -e "$4/full" ] && [ -e "$5/incremental" ] || { echo "error: $*" >&2; exit 1; }
        cp -a "$5/." "$3"

        """;

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
            Directory.CreateDirectory(place.File("bin"));
            foreach (var program in Directory.GetFiles(PostgresBinaries.Distribution.Folder))
                File.CreateSymbolicLink(place.File("bin/" + Path.GetFileName(program)), program);
            var combine = place.Write("bin/pg_combinebackup", StandIn);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(combine, (UnixFileMode)0b111_101_101);
            programs = ["--bin-dir", place.File("bin")];
        }
        else
        {
            // Names that a manifest does not know are no part of a backup.
            File.Delete(place.File("full/full"));
            File.Delete(place.File("incremental/incremental"));
        }

        await place.GiveAsync();
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
}
