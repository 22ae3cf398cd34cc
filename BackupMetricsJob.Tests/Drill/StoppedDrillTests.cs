using System.Runtime.InteropServices;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>A drill that is ended by a signal leaves nothing; what one left that was killed, the next one clears away.</summary>
public sealed class StoppedDrillTests(DrilledServer drilled) : IClassFixture<DrilledServer>
{
    [Theory]
    [InlineData(PosixSignal.SIGTERM, 143)]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGHUP, 129)]
    public async Task A_stopped_drill_ends_its_server_and_removes_its_folder(PosixSignal signal, int code)
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var drill = place.Start(WithHangingArchive());
        await Wait.ForAsync("the server", () => place.Processes().Count >= 2);

        drill.Signal(signal);
        if (signal == PosixSignal.SIGHUP)
            drill.Signal(signal); // A terminal that goes sends it twice.
        var result = await drill.WaitAsync();

        Assert.Equal(code, result.ExitCode);
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
        place.Give();
        await using var alive = place.Start(WithHangingArchive());
        await Wait.ForAsync("another drill", () => place.Left().Length == 2 && place.Processes().Count >= 2 && !Directory.Exists(left));
        var other = place.Left().Single(folder => folder != strange);

        var result = await place.RunAsync([
            .. (string[])["--tool", "pg_basebackup", "--server", "orders", "--directory", drilled.Plain],
            "--archive",
            drilled.Archive,
        ]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("removed ", result.Error, StringComparison.Ordinal);
        Assert.Equal([other, strange], place.Left().Order(StringComparer.Ordinal).OrderBy(folder => folder == strange));
        Assert.NotEmpty(place.Processes());
        alive.Signal(PosixSignal.SIGTERM);
        await alive.WaitAsync();
        Assert.Contains($"removed {left}, which a killed drill had left\n", alive.Error, StringComparison.Ordinal);
        Assert.Empty(place.Processes());
    }

    string[] WithHangingArchive() =>
        ["--tool", "pg_basebackup", "--server", "orders", "--directory", drilled.Plain, "--archive", "sleep 1000 # %f %p"];

    /// <summary>What is done is told while it is done, whoever reads it: not only at the end, and not only on a terminal.</summary>
    [Fact]
    public async Task Each_phase_is_told_when_it_ends_and_a_long_one_when_it_begins()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var drill = place.Start(WithHangingArchive());

        await drill.WaitForErrorLineAsync("replay ...");

        Assert.Matches(
            "^drill of orders: .*\nclaim: none: .*\nok preflight .*\nfetch ...\nok fetch .*\nverify ...\nok verify .*\nreplay ...\n$",
            drill.Error
        );
        drill.Signal(PosixSignal.SIGTERM);
        await drill.WaitAsync();
    }
}
