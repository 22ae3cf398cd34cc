using System.Net;
using System.Text.Json;
using BackupMetricsJob.Schedule.Http;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Schedule.State;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>
/// The page in Debian's Chromium, served by the real server: on a wide screen and a phone, light and dark, with and without JavaScript.
/// BACKUP_METRICS_SCREENSHOTS names a folder for screenshots.
/// </summary>
public sealed class PageInABrowserTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(1000)]
    public Task It_reads_well(int databases) => JudgeAsync($"{databases}", Samples.Many(databases));

    [Fact]
    public Task It_reads_well_while_nothing_is_known() => JudgeAsync("fresh", Samples.Fresh);

    [Fact]
    public Task It_reads_well_when_all_goes_wrong() => JudgeAsync("trouble", PageTests.Trouble);

    static async Task JudgeAsync(string name, ScheduleSnapshot now)
    {
        var state = new ScheduleState(now.Node, now.ProcessStarted, now.Build);
        state.Set(_ => now);
        using var daemon = new Harness(new FixedClock(), "cron=*/5 * * * *", "no-push=true");
        var web = WebSettings.Open(null, daemon.Log, [])!;
        await using var endpoint = (
            await Endpoint.StartAsync(new ListenAddress(IPAddress.Loopback, 0), web, state, daemon.Log, new FixedClock())
        )!;
        using var folder = new TempFolder();
        var pictures = Environment.GetEnvironmentVariable("BACKUP_METRICS_SCREENSHOTS") ?? "";
        var result = await ChildProcess.RunAsync(
            Tool.Find("node", "apt-get install nodejs"),
            [
                Path.Combine(Repository.Tests, "Schedule", "page.cjs"),
                daemon.Lines[0].Split(' ')[^1],
                folder.Path,
                pictures.Length == 0 ? "" : Path.Combine(pictures, name),
            ],
            new() { WorkingDirectory = Repository.Tests },
            TimeSpan.FromSeconds(110)
        );

        Assert.True(result.ExitCode == 0, result.Error + result.Output);
        using var said = JsonDocument.Parse(result.Output);
        Assert.Empty(said.RootElement.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()));
        Assert.Equal(4 * 3, said.RootElement.GetProperty("judged").GetInt32()); // widths and schemes; rules, width and requests
        await endpoint.StopAsync();
    }
}
