using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Running;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>Whatever responds at an address, or replaces one, is a named failure of that target; the others have results.</summary>
public sealed class ProtocolDetectorTests
{
    static readonly byte[] LoginIsDone = [.. Message('R', 0, 0, 0, 0), .. Message('K', 0, 0, 0, 1, 0, 0, 0, 2), .. Message('Z', (byte)'I')];

    [Theory]
    [InlineData("host=localhost: user=u dbname=d", "dns")]
    [InlineData("host=0.0.0.0 port=1 user=u dbname=d", "refused")]
    [InlineData("host=no..name user=u dbname=d", "dns")]
    public async Task A_host_that_cannot_be_one(string connection, string reason) => await FailsAsync(connection, reason);

    [Fact]
    public async Task A_host_of_300_characters() =>
        await FailsAsync($"host={new string('h', 300)} user=u dbname=d", "dns", "this is not a valid host name");

    [Theory]
    [InlineData("disable")]
    [InlineData("prefer")]
    public async Task A_MySQL_server(string mode)
    {
        byte[] greeting =
        [
            0x4a,
            0,
            0,
            0,
            10,
            .. "5.7.44\0"u8,
            8,
            0,
            0,
            0,
            .. "abcdefgh\0"u8,
            0xff,
            0xf7,
            8,
            2,
            0,
            0xff,
            0x81,
            21,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            .. "ijklmnopqrst\0mysql_native_password\0"u8,
        ];
        await using var server = new ScriptedServer(greets: true, greeting, []);
        await FailsAsync($"host=127.0.0.1 port={server.Port} user=u dbname=d sslmode={mode}", "network");
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("prefer")]
    public async Task An_SSH_server(string mode)
    {
        await using var server = new ScriptedServer(
            greets: true,
            "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"u8.ToArray(),
            "Invalid SSH identification string.\r\n"u8.ToArray()
        );
        await FailsAsync(
            $"host=127.0.0.1 port={server.Port} user=u dbname=d sslmode={mode}",
            "network",
            "the server is not PostgreSQL: it says \"SSH-2.0-OpenSSH_9.2p1 Debian-2\""
        );
    }

    [Theory]
    [InlineData("sslmode=disable")]
    [InlineData("sslmode=prefer")]
    [InlineData("sslmode=require sslnegotiation=direct")]
    [InlineData("sslmode=require sslcert=CERT sslkey=KEY")]
    public async Task A_web_server(string mode)
    {
        using var folder = new TempFolder();
        SelfSignedCertificate.Create(folder.Path);
        File.SetUnixFileMode(folder.File("server.key"), UnixFileMode.UserRead);
        await using var server = new ScriptedServer(
            greets: false,
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request"u8.ToArray()
        );
        var filled = mode.Replace("CERT", folder.File("server.crt"), StringComparison.Ordinal)
            .Replace("KEY", folder.File("server.key"), StringComparison.Ordinal);
        await FailsAsync(
            $"host=127.0.0.1 port={server.Port} user=u dbname=d {filled}",
            "network",
            "the server is not PostgreSQL: it says \"HTTP/1.1 400 Bad Request\""
        );
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("prefer")]
    [InlineData("require")]
    public async Task A_proxy_with_no_server_behind_it(string mode)
    {
        await using var server = new ScriptedServer(greets: true);
        await FailsAsync(
            $"host=127.0.0.1 port={server.Port} user=u dbname=d sslmode={mode}",
            "network",
            "what answers there closed the connection without a word"
        );
    }

    [Fact]
    public async Task A_strange_one_among_several_is_named_with_those_before_and_after_it()
    {
        await using var server = new ScriptedServer(greets: true, "SSH-2.0-OpenSSH_9.2p1\r\n"u8.ToArray());
        await FailsAsync(
            $"host=127.0.0.1,127.0.0.1,127.0.0.1 port=1,{server.Port},2 user=u dbname=d",
            "network",
            $"127.0.0.1:1: Failed to connect to 127.0.0.1:1: Connection refused; 127.0.0.1:{server.Port}: the server is not "
                + "PostgreSQL: it says \"SSH-2.0-OpenSSH_9.2p1\"; not tried after that: 127.0.0.1:2"
        );
    }

    [Fact]
    public async Task A_server_that_knows_other_SASL_mechanisms_only()
    {
        await using var server = new ScriptedServer(greets: false, Message('R', [0, 0, 0, 10, .. "OAUTHBEARER\0\0"u8]));
        await FailsAsync($"host=127.0.0.1 port={server.Port} user=u dbname=d sslmode=disable", "auth", "OAUTHBEARER");
    }

    [Fact]
    public async Task A_kind_of_authentication_that_nobody_knows()
    {
        await using var server = new ScriptedServer(greets: false, Message('R', 0, 0, 0, 99));
        await FailsAsync(
            $"host=127.0.0.1 port={server.Port} user=u dbname=d sslmode=disable",
            "auth",
            "an unsupported authentication method"
        );
    }

    [Fact]
    public async Task A_proxy_that_does_not_tell_its_version()
    {
        await using var server = new ScriptedServer(greets: false, LoginIsDone);
        await FailsAsync($"host=127.0.0.1 port={server.Port} user=u dbname=d sslmode=disable", "network", "server_version");
    }

    [Fact]
    public async Task Flipped_bits_in_the_stream_of_a_server_end_no_run_and_hold_up_none()
    {
        await using var server = await PostgresServer.StartAsync();
        var relays = new List<Relay>();
        try
        {
            // The first thousand bytes are the login and the first responses; the sources' data follows.
            for (var seed = 0; seed < 90; seed++)
                relays.Add(new(server.Port, FlippedBits.Step(seed, flips: 1 + (seed % 3), within: seed % 2 == 0 ? 700 : 4000)));
            var targets = relays
                .Select(
                    (relay, i) =>
                        Jobs.Target(
                            $"t{i}",
                            $"host=127.0.0.1 port={new Uri(relay.Url).Port} user=postgres dbname=postgres sslmode=disable",
                            timeout: 6
                        )
                )
                .ToList();
            targets.Insert(45, Jobs.Target("well", server.ConnectionUri(), timeout: 30));

            var clock = new RunClock(TimeProvider.System);
            var results = await new ConcurrentProbes(targets, 16, clock, TimeSpan.FromSeconds(60), CancellationToken.None).ProbeAsync();

            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(58));
            Assert.All(results, result => Assert.NotNull(result));
            Assert.Null(results[45].Failure);
            Assert.InRange(results.Count(result => result.Failure is not null), 20, 90);
            Assert.All(results, result => Assert.DoesNotContain(result.Failure?.Message ?? "", c => char.IsControl(c)));
        }
        finally
        {
            foreach (var relay in relays)
                await relay.DisposeAsync();
        }
    }

    static byte[] Message(char kind, params byte[] body) => [(byte)kind, 0, 0, 0, (byte)(body.Length + 4), .. body];

    static async Task FailsAsync(string connection, string reason, string words = "")
    {
        await using var server = await PostgresServer.StartAsync();
        MonitoredTarget[] targets = [Jobs.Target("strange", connection, timeout: 4), Jobs.Target("well", server.ConnectionUri())];

        var results = await new ConcurrentProbes(
            targets,
            2,
            new RunClock(TimeProvider.System),
            TimeSpan.FromSeconds(60),
            CancellationToken.None
        ).ProbeAsync();

        Assert.True(results[0].Failure?.Reason.Name() == reason, $"{results[0].Failure}");
        Assert.Contains(words, results[0].Failure!.Message, StringComparison.Ordinal);
        Assert.True(!results[0].Failure!.Message.Contains("report", StringComparison.Ordinal), results[0].Failure!.Message);
        Assert.Null(results[1].Failure);
    }
}
