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
    static readonly (string Name, ScheduleSnapshot Now)[] Pages =
    [
        ("fresh", Samples.Fresh),
        ("trouble", PageTests.Trouble),
        ("1", Samples.Many(1)),
        ("50", Samples.Many(50)),
        ("1000", Samples.Many(1000)),
    ];

    static readonly Lazy<Task<ProcessResult>> Looked = new(LookAsync);

    [Theory]
    [InlineData("fresh")]
    [InlineData("trouble")]
    [InlineData("1")]
    [InlineData("50")]
    [InlineData("1000")]
    public async Task It_reads_well(string name)
    {
        var result = await Looked.Value;

        Assert.True(result.ExitCode == 0, result.Error + result.Output);
        using var said = JsonDocument.Parse(result.Output);
        var page = said.RootElement.GetProperty(name);
        Assert.Empty(page.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()));
        // Two widths: what fits in, refreshes and rules; in the dark no refreshes.
        Assert.Equal(2 * (3 + 2), page.GetProperty("judged").GetInt32());
    }

    // One start of the browser for all pages.
    static async Task<ProcessResult> LookAsync()
    {
        using var folder = new TempFolder();
        List<string> arguments =
        [
            Path.Combine(Repository.Tests, "Schedule", "page.cjs"),
            folder.Path,
            Environment.GetEnvironmentVariable("BACKUP_METRICS_SCREENSHOTS") ?? "",
        ];
        var daemons = new List<(Harness Daemon, Endpoint Endpoint)>();
        try
        {
            foreach (var (name, now) in Pages)
            {
                var state = new ScheduleState(now.Node, now.ProcessStarted, now.Build);
                state.Set(_ => now);
                var daemon = new Harness(new FixedClock(), "cron=*/5 * * * *", "no-push=true");
                var web = WebSettings.Open(null, daemon.Log, [])!;
                var address = new ListenAddress(IPAddress.Loopback, 0);
                daemons.Add((daemon, (await Endpoint.StartAsync(address, web, state, daemon.Log, new FixedClock()))!));
                arguments.AddRange([name, daemon.Lines[0].Split(' ')[^1]]);
            }

            return await ChildProcess.RunAsync(
                Tool.Find("node", "apt-get install nodejs"),
                arguments,
                new() { WorkingDirectory = Repository.Tests },
                TimeSpan.FromMinutes(8)
            );
        }
        finally
        {
            foreach (var (daemon, endpoint) in daemons)
            {
                await endpoint.StopAsync();
                await endpoint.DisposeAsync();
                daemon.Dispose();
            }
        }
    }
}
