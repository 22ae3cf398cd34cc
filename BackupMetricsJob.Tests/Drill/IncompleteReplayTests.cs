using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>Replay ends before the archive does: the segment is named, and what is wrong with it, whatever else is said.</summary>
public sealed class IncompleteReplayTests(DrilledServer drilled) : IClassFixture<DrilledServer>
{
    /// <summary>The last segment is damaged: less than one is missing, and yet not nothing.</summary>
    [Theory]
    [InlineData(300, "incorrect resource manager data checksum in record at 0/[0-9A-F]+")]
    [InlineData(0, "invalid magic number [0-9A-F]{4} in (log|WAL) segment [0-9A-F]{24}")]
    public async Task A_damaged_segment_is_a_shortfall_with_a_reason(long at, string problem)
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var gateway = await PushgatewayServer.StartAsync();
        var (archive, segment) = (await place.CopyAsync(drilled.Archive, "archive"), drilled.LaterSegments[^1]);
        await Overwrite(Path.Combine(archive, segment), at, [0xA5, 0xA5]);
        place.Give();

        var claimed = await RunAsync(place, archive, "--connection", drilled.Server.ConnectionUri(), "--gateway", gateway.Url);
        var unclaimed = await RunAsync(place, archive);

        var reason = $"{segment} came, and is damaged: {problem}";
        Assert.Equal((0, 0), (claimed.ExitCode, unclaimed.ExitCode));
        Assert.Matches($"\nWARNING restored in .* behind what was claimed: .*cannot be restored. {reason}", claimed.Error);
        Assert.Matches($"\nWARNING restored in [0-9]+ s, but not all WAL that is stored can be replayed. {reason}", unclaimed.Error);
        Assert.Matches("\npostgres_restore_test_shortfall_seconds{.*} [1-9]", await gateway.MetricsAsync());
        if (at > 0)
            DrillPage.AssertRow("a segment is damaged", claimed);
    }

    [Fact]
    public async Task Zeros_are_the_end_of_the_last_segment_and_damage_before_it()
    {
        await using var place = await DrillPlace.CreateAsync();
        var archive = await place.CopyAsync(drilled.Archive, "archive");
        await Overwrite(Path.Combine(archive, drilled.LaterSegments[^1]), 0, new byte[16 << 20]);
        place.Give();
        var last = await RunAsync(place, archive);
        await Overwrite(Path.Combine(archive, drilled.LaterSegments[1]), 0, new byte[16 << 20]);
        var middle = await RunAsync(place, archive);

        Assert.Matches("\nok restored in [0-9]+ s\n", last.Error);
        Assert.Matches(
            $"\nWARNING .*{drilled.LaterSegments[1]} came, and is damaged: invalid magic number 0000 .*; the archive itself has WAL until ",
            middle.Error
        );
    }

    [Fact]
    public async Task A_segment_of_another_size_fails_and_is_named()
    {
        await using var place = await DrillPlace.CreateAsync();
        var archive = await place.CopyAsync(drilled.Archive, "archive");
        await using (var file = File.OpenWrite(Path.Combine(archive, drilled.LaterSegments[1])))
            file.SetLength(8_000_000);
        place.Give();

        var result = await RunAsync(place, archive);

        DrillPage.AssertRow("a segment of another size", result);
        place.AssertEnded(
            result,
            65,
            "FAILED",
            "replay",
            $"archive file \"{drilled.LaterSegments[1]}\" has wrong size: 8000000 instead of 16777216. That file of the archive is damaged"
        );
    }

    /// <summary>A question that fails may fail for want of the WAL: the reader must be told both.</summary>
    [Fact]
    public async Task Nobody_claims_anything_and_a_hole_is_seen_by_what_lies_behind_it()
    {
        await using var place = await DrillPlace.CreateAsync();
        var archive = await place.CopyAsync(drilled.Archive, "archive");
        File.Delete(Path.Combine(archive, drilled.LaterSegments[1]));
        place.Give();
        var hole =
            $"The first that did not come: {drilled.LaterSegments[1]} .restore_command ended with 1: cp: .*; the archive itself has WAL ";

        var result = await RunAsync(place, archive, "--quiet");
        var asked = await RunAsync(place, archive, "--query", place.Write("q.sql", "SELECT true; SELECT count(*) = 1 FROM later3"));

        Assert.Equal(0, result.ExitCode);
        Assert.Matches($"\nWARNING restored in [0-9]+ s, but not all WAL that is stored can be replayed. {hole}", result.Error);
        place.AssertEnded(
            asked,
            65,
            "FAILED",
            "check",
            $"statement 2: relation \"later3\" does not exist .*. And replay ended early. {hole}"
        );
    }

    /// <summary>PostgreSQL asks for the last segment that it read once more, and that one is in the backup.</summary>
    [Fact]
    public async Task The_first_that_did_not_come_is_not_one_that_the_backup_brought()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        var backup = await server.BaseBackupAsync();
        var segments = await server.ArchiveSegmentsAsync(3);
        var own = Directory.GetFiles(Path.Combine(backup, "pg_wal")).Select(file => Path.GetFileName(file)).Max(StringComparer.Ordinal)!;
        var archive = await place.CopyAsync(server.ArchiveDirectory, "archive");
        File.Delete(Path.Combine(archive, own));
        File.Delete(Path.Combine(archive, segments[0]));
        place.Give();

        var result = await DrillAsync(place, backup, archive);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.True(string.CompareOrdinal(own, segments[0]) < 0);
        Assert.Matches($"\nWARNING .*The first that did not come: {segments[0]} ", result.Error);
    }

    /// <summary>Nobody claims anything, and the command may have nothing: that proves nothing of the archive.</summary>
    [Fact]
    public async Task A_restore_command_that_brings_no_segment_at_all_is_told()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        var backup = await server.BaseBackupAsync();

        var result = await DrillAsync(place, backup, "cp /nowhere/%f %p", "--quiet");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches(
            "\nWARNING restored in [0-9]+ s: the backup alone, since the archive brought no WAL: [0-9A-F]{24} .restore_command ended ",
            result.Error
        );
    }

    /// <summary>What is claimed ends at the hole, so nothing of it is missing; yet WAL is lost.</summary>
    [Fact]
    public async Task A_hole_that_the_listing_of_the_archive_has_is_named()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = await place.CopyAsync(drilled.Archive, "archive");
        File.Delete(Path.Combine(archive, drilled.LaterSegments[1]));
        var listing = await ChildProcess.RunSuccessfullyAsync("/usr/bin/find", [archive, "-type", "f", "-printf", "%T@ %s %P\n"]);
        string[] import = ["import", "archive", place.Write("listing", listing), "--server", "orders", "--connection", catalogue.Uri];
        Assert.Equal(0, (await BackupMetrics.RunAsync(import)).ExitCode);
        place.Give();

        // By a command, the archive itself says nothing.
        var result = await RunAsync(
            place,
            $"cp {archive}/%f %p",
            "--connection",
            drilled.Server.ConnectionUri(),
            "--catalogue",
            catalogue.Uri
        );

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches($"\nWARNING .*The first that did not come: {drilled.LaterSegments[1]} .*; .* WAL ", result.Error);
    }

    [Theory]
    [InlineData("/bin/true %f %p")]
    [InlineData("cp {0}/%f %p || true # %p")]
    public async Task A_restore_command_that_says_yes_and_brings_nothing_is_not_believed(string command)
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        var backup = await server.BaseBackupAsync();
        var lie =
            "restore_command says yes and brings no file, so nothing is known of the archive .*restore_command ended with 0, and brought ";

        var result = await place.RunAsync([
            .. (string[])["--tool", "pg_basebackup", "--server", "orders", "--directory", backup],
            .. (string[])["--archive", command.Replace("{0}", server.ArchiveDirectory, StringComparison.Ordinal)],
        ]);

        place.AssertEnded(result, 78, "UNFINISHED", "replay", lie);
    }

    static async Task Overwrite(string file, long at, byte[] bytes)
    {
        await using var stream = File.OpenWrite(file);
        stream.Seek(at, SeekOrigin.Begin);
        await stream.WriteAsync(bytes);
    }

    Task<ProcessResult> RunAsync(DrillPlace place, string archive, params string[] more) => DrillAsync(place, drilled.Plain, archive, more);

    static Task<ProcessResult> DrillAsync(DrillPlace place, string backup, string archive, params string[] more) =>
        place.RunAsync([
            .. (string[])["--tool", "pg_basebackup", "--server", "orders", "--directory", backup, "--archive", archive],
            .. more,
        ]);
}
