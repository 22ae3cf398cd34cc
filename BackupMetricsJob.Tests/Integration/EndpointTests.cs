using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>backup-metrics schedule --listen: what the process serves, to a real Prometheus among others.</summary>
public sealed partial class EndpointTests
{
    const string EverySecond = "* * * * * ?";
    static readonly string[] Silent =
    [
        "--cron",
        EverySecond,
        "--no-push",
        "--connection",
        "postgresql://u@127.0.0.1:1/x",
        "--instance",
        "db",
    ];

    [Fact]
    public async Task A_real_Prometheus_scrapes_what_a_run_found_with_the_labels_of_the_push()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var daemon = await Daemon.StartAsync(
            "--cron",
            EverySecond,
            "--no-push",
            "--connection",
            server.ConnectionUri(),
            "--instance",
            "orders",
            "--label",
            "team=payments",
            "--grouping",
            "cluster=eu1"
        );
        await using var prometheus = await PrometheusServer.StartAsync(
            $$"""
            scrape_configs:
            - job_name: backup_metrics
              honor_labels: true
              scrape_interval: 1s
              static_configs: [{targets: ['{{daemon.Address.Authority}}']}]
            """
        );

        var probed = Assert.Single(await prometheus.WaitForAsync("postgres_backup_probe_success == 1"));
        Assert.Equal(
            new SortedDictionary<string, string>
            {
                ["__name__"] = "postgres_backup_probe_success",
                ["cluster"] = "eu1",
                ["instance"] = "orders",
                ["job"] = "backup_metrics",
                ["run"] = "orders",
                ["team"] = "payments",
            },
            new SortedDictionary<string, string>(probed.Labels.ToDictionary())
        );
        var run = Assert.Single(await prometheus.WaitForAsync("backup_metrics_run_timestamp_seconds"));
        Assert.Equal(["__name__", "cluster", "job", "run"], run.Labels.Keys.Order(StringComparer.Ordinal));
        Assert.Single(await prometheus.WaitForAsync("backup_metrics_interval_seconds == 1"));
    }

    [Fact]
    public async Task What_cannot_be_served_is_told_at_the_start_in_a_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = taken.LocalEndpoint.ToString()!;
        using var folder = new TempFolder();
        var unreadable = folder.Write("tls.yml", "tls_server_config: {cert_file: none.crt, key_file: none.key}\n");
        var wrong = folder.Write("wrong.yml", "basic_auth_user: {}\n");

        var port = await RunAsync("--listen", address);
        var certificate = await RunAsync("--listen", "127.0.0.1:0", "--web-config", unreadable);
        var key = await RunAsync("--listen", "127.0.0.1:0", "--web-config", wrong);
        var absent = await RunAsync("--listen", "127.0.0.1:0", "--web-config", folder.File("no.yml"));

        Assert.Equal(
            (69, $"error schedule: --listen {address}: cannot listen: another process uses the port\n"),
            (port.ExitCode, port.Error)
        );
        Assert.Equal((78, 2), (certificate.ExitCode, certificate.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.StartsWith(
            $"{unreadable}:1:32: tls_server_config.cert_file: \"{folder.File("none.crt")}\": does not exist\n",
            certificate.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(
            (
                78,
                $"{wrong}:1:1: unknown key \"basic_auth_user\": did you mean \"basic_auth_users\"? must be one of tls_server_config, "
                    + "basic_auth_users\n"
            ),
            (key.ExitCode, key.Error)
        );
        Assert.Equal(64, absent.ExitCode);
        Assert.StartsWith(
            $"backup-metrics: --web-config \"{folder.File("no.yml")}\": does not exist",
            absent.Error,
            StringComparison.Ordinal
        );

        Task<ProcessResult> RunAsync(params string[] more) => BackupMetrics.RunAsync(["schedule", .. Silent, .. more]);
    }

    [Fact]
    public async Task Readyz_is_503_when_runs_fail_and_healthz_stays_200()
    {
        await using var gateway = new StubPushgateway(StubPushgateway.Status(200), StubPushgateway.Status(400));
        await using var daemon = await Daemon.StartAsync(
            "--cron",
            EverySecond,
            "--connection",
            "postgresql://u@127.0.0.1:1/x",
            "--instance",
            "db",
            "--gateway",
            gateway.Url
        );

        await Wait.ForAsync("ready", async () => (await daemon.GetAsync("/readyz")).Status == 200, state: () => daemon.Log);
        await Wait.ForAsync("not ready", async () => (await daemon.GetAsync("/readyz")).Status == 503, state: () => daemon.Log);
        var (status, why) = await daemon.GetAsync("/readyz");
        Assert.Equal(503, status);
        Assert.Matches(
            "^no run has succeeded here since .*Z, which is more than two intervals \\(2 s\\) ago: the last run ended with exit code 76\n$",
            why
        );
        Assert.Equal((200, "alive\n"), await daemon.GetAsync("/healthz"));
        Assert.Contains(
            "postgres_backup_probe_success{instance=\"db\",run=\"db\"} 0",
            (await daemon.GetAsync("/metrics")).Body,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Before_a_run_there_is_little_and_only_what_is_known_is_answered()
    {
        await using var daemon = await Daemon.StartAsync(
            "--cron",
            "0 0 0 1 1 ?",
            "--no-push",
            "--connection",
            "postgresql://u@127.0.0.1:1/x"
        );
        using var client = new HttpClient { BaseAddress = daemon.Address };

        var (status, metrics) = await daemon.GetAsync("/metrics");
        Assert.Equal((200, 1), (status, metrics.Split('\n').Count(line => line.Length > 0 && line[0] != '#')));
        Assert.Equal(503, (await daemon.GetAsync("/readyz")).Status);
        Assert.Equal(404, (await daemon.GetAsync("/metrics/")).Status);
        Assert.Equal(404, (await daemon.GetAsync("/favicon.ico")).Status);
        using var body = new ByteArrayContent([1]);
        using var posted = await client.PostAsync(new Uri("/metrics", UriKind.Relative), body);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET, HEAD"), (posted.StatusCode, string.Join(", ", posted.Content.Headers.Allow)));
        using var withBody = await client.SendAsync(new(HttpMethod.Get, "/metrics") { Content = body });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, withBody.StatusCode);
        using var head = await client.SendAsync(new(HttpMethod.Head, "/metrics"));
        Assert.Equal(
            ("", "text/plain; version=0.0.4; charset=utf-8"),
            (await head.Content.ReadAsStringAsync(), head.Content.Headers.ContentType!.ToString())
        );
        using var compressed = await client.SendAsync(new(HttpMethod.Get, "/metrics") { Headers = { AcceptEncoding = { new("gzip") } } });
        await using var gzip = new GZipStream(await compressed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var plain = new StreamReader(gzip);
        Assert.Equal(metrics, await plain.ReadToEndAsync());
        Assert.Contains(
            "default-src 'none'",
            (await client.GetAsync(new Uri("/", UriKind.Relative))).Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Clients_that_never_read_or_never_ask_hold_up_no_run_no_scrape_and_not_the_end()
    {
        await using var daemon = await Daemon.StartAsync(Silent);
        var clients = new List<Socket>();
        for (var i = 0; i < 60; i++)
        {
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 };
            clients.Add(client);
            await client.ConnectAsync(IPEndPoint.Parse(daemon.Address.Authority));
            var asked = i % 2 == 0 ? "GET / HTTP/1.1\r\nHost: x\r\n\r\n" : "GET / HT";
            for (var n = 0; n < (i % 2 == 0 ? 50 : 1); n++)
                await client.SendAsync(Encoding.ASCII.GetBytes(asked));
        }

        var before = Runs();
        await Wait.ForAsync("three more runs", () => Runs() >= before + 3, TimeSpan.FromSeconds(10), () => daemon.Log);
        Assert.Equal(200, (await daemon.GetAsync("/metrics")).Status);
        daemon.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, (await daemon.WaitAsync(TimeSpan.FromSeconds(10))).ExitCode);
        foreach (var client in clients)
            client.Dispose();

        int Runs() => daemon.Log.Split('\n').Count(line => line.Contains(" ended on ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task There_are_a_hundred_connections_at_most_and_one_that_says_nothing_makes_place()
    {
        await using var daemon = await Daemon.StartAsync(Silent);
        var clients = new List<Socket>();
        for (var i = 0; i < 150; i++)
        {
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            clients.Add(client);
            await client.ConnectAsync(IPEndPoint.Parse(daemon.Address.Authority));
        }

        await Wait.ForAsync(
            "fifty to be refused",
            () => Task.FromResult(clients.Count(IsClosed) == 50),
            TimeSpan.FromSeconds(15),
            () => clients.Count(IsClosed).ToString(CultureInfo.InvariantCulture)
        );
        await Wait.ForAsync("a place", AnswersAsync, TimeSpan.FromSeconds(40));
        foreach (var client in clients)
            client.Dispose();

        async Task<bool> AnswersAsync()
        {
            try
            {
                return (await daemon.GetAsync("/healthz")).Status == 200;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }

        static bool IsClosed(Socket client) => client.Poll(0, SelectMode.SelectRead) && client.Available == 0;
    }

    static string Web(string password) => $"basic_auth_users:\n  scraper: {BCrypt.Net.BCrypt.HashPassword(password, 5)}\n";

    static string Basic(string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("scraper:" + password));
}
