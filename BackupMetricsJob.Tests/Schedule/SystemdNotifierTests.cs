using System.Net.Sockets;
using System.Text;
using BackupMetricsJob.Schedule.Notify;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>The datagrams sent to systemd.</summary>
public sealed class SystemdNotifierTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_tells_at_a_path_and_at_an_abstract_name(bool isAbstract)
    {
        using var folder = new TempFolder();
        var name = isAbstract ? "@bm-" + Guid.NewGuid().ToString("N") : Path.Combine(folder.Path, "notify");
        using var systemd = Listen(name);
        using var manager = new SystemdNotifier(Environment(name), process: 5);

        manager.Ready("next slot\nsoon");
        manager.Status("next slot soon");
        manager.Alive();
        manager.Reloading(12);
        manager.Stopping("ending");

        Assert.Equal("READY=1\nSTATUS=next slot soon", Receive(systemd));
        Assert.Equal("STATUS=next slot soon", Receive(systemd));
        Assert.Equal("WATCHDOG=1", Receive(systemd));
        Assert.Equal("RELOADING=1\nMONOTONIC_USEC=12", Receive(systemd));
        Assert.Equal("STOPPING=1\nSTATUS=ending", Receive(systemd));
    }

    [Theory]
    [InlineData("5", 15)]
    [InlineData("", 15)]
    [InlineData("6", null)]
    public void The_watchdog_is_for_the_process_that_it_names(string process, int? seconds)
    {
        using var manager = new SystemdNotifier(
            new Dictionary<string, string>
            {
                ["NOTIFY_SOCKET"] = "/nowhere",
                ["WATCHDOG_USEC"] = "30000000",
                ["WATCHDOG_PID"] = process,
            },
            process: 5
        );

        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, manager.WatchdogInterval);
        manager.Alive(); // nobody listens, and nothing happens
    }

    [Fact]
    public void Without_systemd_nothing_is_said()
    {
        using var manager = new SystemdNotifier(new Dictionary<string, string>(), process: 5);
        manager.Ready("");
        Assert.Null(manager.WatchdogInterval);
    }

    static Dictionary<string, string> Environment(string name) => new() { ["NOTIFY_SOCKET"] = name };

    static Socket Listen(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? "\0" + name[1..] : name));
        return socket;
    }

    static string Receive(Socket systemd)
    {
        var buffer = new byte[1000];
        return Encoding.UTF8.GetString(buffer, 0, systemd.Receive(buffer));
    }
}
