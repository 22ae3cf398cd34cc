using System.Net;
using System.Net.Sockets;
using System.Text;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Names that nobody answers for: each waits on a thread, and a hundred of them wait for each other, for the good target and for the push
/// if these are threads that all share.
/// </summary>
public sealed class SilentResolverTests
{
    [Fact]
    public async Task A_hundred_names_whose_resolver_is_silent_hold_up_nobody()
    {
        Assert.True(
            Environment.IsPrivilegedProcess,
            "Only root may listen on the port of DNS: run ./test as root, or leave this test out by a filter."
        );
        using var resolver = new UdpClient(new IPEndPoint(IPAddress.Parse("127.0.0.53"), 53));
        await using var server = await PostgresServer.StartAsync();
        await using var gateway = await PushgatewayServer.StartAsync();
        using var folder = new TempFolder();
        var text = new StringBuilder("deadline: 40s\nconcurrency: 16\ndefaults: {timeout: 5s}\ntargets:\n");
        for (var i = 0; i < 100; i++)
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"- {{name: silent{i}, connection: 'postgresql://u@db{i}.example.com/x'}}\n"
            );
        text.Append("- {name: well, connection: '").Append(server.ConnectionUri()).Append("', timeout: 20s}\n");

        await using var run = ChildProcess.Start(
            Tool.Find("bwrap", "apt-get install bubblewrap"),
            [
                "--die-with-parent",
                "--dev-bind",
                "/",
                "/",
                "--ro-bind",
                folder.Write("resolv.conf", "nameserver 127.0.0.53\n"),
                "/etc/resolv.conf",
                "--setenv",
                "DOTNET_ROOT",
                BackupMetrics.DotnetRoot,
                "--",
                BackupMetrics.Executable,
                "run",
                "--config",
                folder.Write("c.yaml", text.ToString()),
                "--gateway",
                gateway.Url,
            ]
        );
        var result = await run.WaitAsync();

        Assert.True(result.ExitCode == 69, result.Error);
        Assert.True(
            result.Error.Contains("well: ", StringComparison.Ordinal) && !result.Error.Contains("FAILED well", StringComparison.Ordinal),
            result.Error
        );
        Assert.Contains(
            "the probe failed (timeout): no answer within 5 s while resolving db99.example.com:5432",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("ok " + gateway.Url, result.Error, StringComparison.Ordinal);
        Assert.Equal(101, (await gateway.SamplesAsync("postgres_backup_probe_success")).Count);

        // 100 names in 16 places, a quarter of a second each, and the last one's 5 s.
        Assert.InRange(result.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(14));
    }
}
