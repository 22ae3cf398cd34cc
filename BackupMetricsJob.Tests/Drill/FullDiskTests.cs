using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>A full disk says nothing about the backup, wherever it is met, and whatever PostgreSQL says of it.</summary>
public sealed class FullDiskTests(DrilledServer drilled, ToldDrills told) : IClassFixture<DrilledServer>, IClassFixture<ToldDrills>
{
    [Fact]
    public async Task A_full_disk_is_noticed_before_the_fetch_or_named_by_the_fetch()
    {
        await using var place = await DrillPlace.CreateAsync();

        var early = await OnSmallDiskAsync(8, OfBackup(drilled.Plain));
        await AssertUnfinishedAsync(
            place,
            early,
            69,
            "preflight",
            "not enough space in .*: [0-9.]+ MB of backup and 67.1 MB for PostgreSQL's own files are [0-9.]+ MB, but only .* are free"
        );
        var late = await OnSmallDiskAsync(8, OfCommand($"cp -a {drilled.Plain}/. %d"));
        await AssertUnfinishedAsync(place, late, 69, "fetch", @"the disk is full \(.* are free in .*\): .*No space left on device");
        DrillPage.AssertRow("the disk is full", early);
        DrillPage.AssertRow("the disk is full", late);
        // The backup fits, and its WAL does not: then PostgreSQL only says that it found no checkpoint, or could not write a page.
        await AssertUnfinishedAsync(
            place,
            await OnSmallDiskAsync(
                70,
                [.. OfCommand($"cp -a {drilled.Plain}/. %d && rm %d/pg_tblspc/* %d/backup_manifest"), "--archive", drilled.Archive]
            ),
            69,
            "replay",
            @"the disk is full \("
        );

        // A file system that nobody else sees.
        Task<ProcessResult> OnSmallDiskAsync(int megabytes, string[] arguments) =>
            ChildProcess.RunAsync(
                Tool.Find("bwrap", "apt-get install bubblewrap"),
                [
                    .. (string[])["--bind", "/", "/", .. Bubblewrap.Devices, "--proc", "/proc"],
                    .. (string[])["--size", $"{megabytes}000000", "--tmpfs", place.Work],
                    .. (string[])["--setenv", "DOTNET_ROOT", BackupMetrics.DotnetRoot],
                    .. (string[])[BackupMetrics.Executable, "drill", "--work-dir", place.Work, .. arguments, .. told.Flags],
                ],
                new() { Unprivileged = true },
                DrillPlace.Deadline
            );
    }

    string[] OfBackup(string directory) =>
        ["--tool", "pg_basebackup", "--server", "orders", "--directory", directory, "--archive", drilled.Archive];

    static string[] OfCommand(string command) => ["--tool", "command", "--server", "orders", "--restore-command", command];

    Task AssertUnfinishedAsync(DrillPlace place, ProcessResult result, int code, string phase, string words)
    {
        place.AssertEnded(result, code, "UNFINISHED", phase, words);
        return told.AssertAsync("waiting", phase, words);
    }
}
