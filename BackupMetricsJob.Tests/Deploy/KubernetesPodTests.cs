using System.Globalization;
using BackupMetricsJob.Tests.Shipped;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// Each pod of ours, as its manifest has it, in a sandbox with its security context, beside a real PostgreSQL with TLS and passwords and a
/// real Pushgateway. Only the placeholders of the ConfigMap are replaced. Where no sandbox can be made, these tests fail and say so.
/// </summary>
public sealed class KubernetesPodTests
{
    const string Job = "k8s-cronjob.yaml";
    const string Shards = "deploy/kubernetes/indexed-job.yaml";
    const string Schedule = "deploy/kubernetes/schedule.yaml";

    [Theory]
    [InlineData(Job)]
    [InlineData(Shards)]
    [InlineData(Schedule)]
    public async Task The_sandbox_is_what_the_security_context_says(string file)
    {
        using var pod = await PodAsync(file, text => text);
        const string Look = """
            id -u; id -g; grep -E "^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs):" /proc/self/status | tr -d '\t' | tr '\n' ' '; echo
            for place in /x /everybodys/x /app/x /etc/backup-metrics/x /run/secrets/backup-metrics/x /tmp/x; do (: > $place) 2> /dev/null && echo "wrote $place"; done
            stat -c '%a' /run/secrets/backup-metrics/password
            """;
        await using var shell = pod.Start(["/bin/sh", "-c", Look]);

        var seen = await shell.WaitAsync();

        var nothing = new string('0', 16);
        Assert.True(seen.Output.Length > 0, NoSandbox(seen));
        Assert.Equal(
            $"1654\n1654\nCapInh:{nothing} CapPrm:{nothing} CapEff:{nothing} CapBnd:{nothing} CapAmb:{nothing} NoNewPrivs:1 \n440\n",
            seen.Output
        );
    }

    [Fact]
    public async Task The_jobs_pod_asks_and_pushes_with_its_own_configuration()
    {
        await using var fleet = await Fleet.StartAsync();
        using var pod = await PodAsync(Job, fleet.Change);
        await using var process = pod.Start();

        var run = await process.WaitAsync();

        Assert.True(run.ExitCode == 0, NoSandbox(run));
        Assert.Equal(["orders", "stock"], await fleet.ProbedAsync());
        Assert.Equal(
            "backup_metrics_interval_seconds{instance=\"\",job=\"backup_metrics\"} 300",
            Assert.Single(await fleet.Gateway.SamplesAsync("backup_metrics_interval_seconds"))
        );
    }

    [Fact]
    public async Task The_pods_of_the_indexed_job_push_a_group_each_and_together_all()
    {
        await using var fleet = await Fleet.StartAsync();
        using var pod = await PodAsync(Shards, fleet.Change);
        foreach (var index in Enumerable.Range(0, 4))
        {
            await using var process = pod.Start(variables: string.Create(CultureInfo.InvariantCulture, $"JOB_COMPLETION_INDEX={index}"));
            var run = await process.WaitAsync();
            Assert.True(run.ExitCode == 0, NoSandbox(run));
        }

        Assert.Equal(["orders", "stock"], await fleet.ProbedAsync());
        Assert.Equal(4, (await fleet.Gateway.SamplesAsync("backup_metrics_shards")).Count);
    }

    [Fact]
    public async Task A_secret_that_the_pod_may_not_read_is_told_by_its_exit_code()
    {
        await using var fleet = await Fleet.StartAsync();
        using var pod = await PodAsync(Job, fleet.Change, ("defaultMode: 288", "defaultMode: 256"));
        await using var process = pod.Start();

        var run = await process.WaitAsync();

        // Root's own file of mode 0400: nobody else reads it. Somebody who is not root owns the files of this test himself.
        Assert.True(run.ExitCode == (Environment.IsPrivilegedProcess ? 69 : 0), NoSandbox(run));
    }

    [Fact]
    public async Task The_schedules_pod_plans_its_slots_and_ends_when_it_is_told_to()
    {
        await using var fleet = await Fleet.StartAsync();
        using var pod = await PodAsync(Schedule, fleet.Change, ("\":9351\"", "\":0\""), ("\"*/5 * * * *\"", "\"* * * * * ?\""));
        await using var process = pod.Start();

        var port = (await process.WaitForErrorLineAsync("listening on ")).Split(':')[^1];
        await process.WaitForErrorLineAsync("and is done");
        using var probe = new System.Net.Http.HttpClient();
        foreach (var path in new[] { "healthz", "readyz" })
            await probe.GetStringAsync(new Uri($"http://127.0.0.1:{port}/{path}"));
        Assert.Contains(
            "postgres_backup_probe_success{instance=\"orders\"",
            await probe.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics")),
            StringComparison.Ordinal
        );
        await Bubblewrap.TerminateAsync(process);
        var end = await process.WaitAsync();

        Assert.True(end.ExitCode == 0, NoSandbox(end));
    }

    static async Task<KubernetesPod> PodAsync(string file, Func<string, string> change, params (string From, string To)[] changes)
    {
        var texts = new Dictionary<string, string>(KubernetesManifests.Texts, StringComparer.Ordinal);
        foreach (var (from, to) in changes)
        {
            Assert.Contains(from, texts[file], StringComparison.Ordinal);
            texts[file] = texts[file].Replace(from, to, StringComparison.Ordinal);
        }

        var all = await KubernetesManifests.ReadAsync(texts);
        return new(await NativeProgram.PathAsync(), all.First(manifest => manifest.File == file && manifest.IsOurs), all, change);
    }

    static string NoSandbox(ProcessResult result) =>
        $"Exit code {result.ExitCode}. If the words are bubblewrap's: these tests need root, "
        + $"or a kernel that lets users make namespaces.\n{result.Error}{result.Output}";

    /// <summary>A PostgreSQL that stands for every host of the ConfigMap, and a gateway.</summary>
    sealed class Fleet : IAsyncDisposable
    {
        PostgresServer? _server;
        PushgatewayServer? _gateway;

        public PushgatewayServer Gateway => _gateway!;

        public static async Task<Fleet> StartAsync()
        {
            var fleet = new Fleet();
            try
            {
                fleet._server = await PostgresServer.StartAsync(
                    new()
                    {
                        Archiving = true,
                        Tls = true,
                        Hba = ["hostssl all monitor 127.0.0.1/32 scram-sha-256"],
                    }
                );
                await fleet._server.ExecuteAsync("CREATE ROLE monitor LOGIN PASSWORD 'REPLACE-ME'; GRANT pg_monitor TO monitor");
                fleet._gateway = await PushgatewayServer.StartAsync();
                return fleet;
            }
            catch
            {
                await fleet.DisposeAsync();
                throw;
            }
        }

        public string Change(string text) =>
            text.Replace("orders-db.example.org", PostgresServer.Host, StringComparison.Ordinal)
                .Replace("stock-db.example.org", PostgresServer.Host, StringComparison.Ordinal)
                .Replace("port: 5432", $"port: {_server!.Port}", StringComparison.Ordinal)
                .Replace("http://pushgateway:9091", Gateway.Url, StringComparison.Ordinal);

        public async Task<IReadOnlyList<string>> ProbedAsync() =>
            [
                .. (await Gateway.SamplesAsync("postgres_backup_probe_success"))
                    .Where(sample => sample.EndsWith(" 1", StringComparison.Ordinal))
                    .Select(sample => sample.Split("instance=\"")[1].Split('"')[0])
                    .Order(StringComparer.Ordinal),
            ];

        public async ValueTask DisposeAsync()
        {
            if (_gateway is not null)
                await _gateway.DisposeAsync();
            if (_server is not null)
                await _server.DisposeAsync();
        }
    }
}
