using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The units of deploy/systemd, where there is a systemd-analyze to ask.</summary>
public sealed class ScheduleUnitsTests
{
    const string Analyze = "/usr/bin/systemd-analyze";
    static readonly string Units = Path.Combine(Repository.Root, "deploy", "systemd");

    [Fact]
    public async Task Systemd_finds_nothing_wrong_with_the_units_and_little_to_attack()
    {
        Assert.Equal(3, Directory.GetFiles(Units).Length);
        if (!File.Exists(Analyze))
            return;
        using var folder = new TempFolder();
        foreach (var unit in Directory.GetFiles(Units))
            folder.Write(
                Path.GetFileName(unit),
                (await File.ReadAllTextAsync(unit)).Replace(
                    "/usr/local/bin/backup-metrics",
                    BackupMetrics.Executable,
                    StringComparison.Ordinal
                )
            );

        var verified = await ChildProcess.RunAsync(Analyze, ["verify", "--man=no", .. Directory.GetFiles(folder.Path)]);
        Assert.Equal("", verified.Error + verified.Output);
        Assert.Equal(0, verified.ExitCode);
        foreach (var service in Directory.GetFiles(folder.Path, "*.service"))
        {
            var judged = await ChildProcess.RunAsync(Analyze, ["security", "--offline=true", "--no-pager", service]);
            var score = judged.Output.Trim().Split('\n')[^1].Split(": ")[1].Split(' ')[0];
            Assert.InRange(double.Parse(score, CultureInfo.InvariantCulture), 0, 2.0);
        }
    }

    [Fact]
    public async Task The_daemon_tells_systemd_that_it_is_ready_alive_and_ending()
    {
        using var folder = new TempFolder();
        var name = folder.File("notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        systemd.Bind(new UnixDomainSocketEndPoint(name));
        await using var daemon = BackupMetrics.Start(
            ["schedule", "--cron", "@hourly", "--timezone", "UTC", "--no-push", "--connection", "postgresql://u@127.0.0.1:1/x"],
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = name, ["WATCHDOG_USEC"] = "2000000" }
        );

        Assert.StartsWith("READY=1\nSTATUS=@hourly in UTC, next slot ", await NextAsync(systemd, "READY"), StringComparison.Ordinal);
        Assert.Equal("WATCHDOG=1", await NextAsync(systemd, "WATCHDOG"));
        Assert.Equal("WATCHDOG=1", await NextAsync(systemd, "WATCHDOG"));
        daemon.Signal(PosixSignal.SIGHUP);
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", await NextAsync(systemd, "RELOADING"), StringComparison.Ordinal);
        await NextAsync(systemd, "READY");
        daemon.Signal(PosixSignal.SIGTERM);
        Assert.StartsWith("STOPPING=1", await NextAsync(systemd, "STOPPING"), StringComparison.Ordinal);
        Assert.Equal(0, (await daemon.WaitAsync()).ExitCode);
    }

    /// <summary>The next datagram that begins so; what comes before it is passed over.</summary>
    static Task<string> NextAsync(Socket systemd, string begins) =>
        Task.Run(() =>
        {
            var buffer = new byte[1000];
            while (true)
            {
                var text = Encoding.UTF8.GetString(buffer, 0, systemd.Receive(buffer));
                if (text.StartsWith(begins, StringComparison.Ordinal))
                    return text;
            }
        });
}
