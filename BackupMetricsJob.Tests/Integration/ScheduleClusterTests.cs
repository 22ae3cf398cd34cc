using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>Two processes with one schedule in PostgreSQL. tools/test-cluster does the same for longer.</summary>
public sealed class ScheduleClusterTests
{
    [Fact]
    public async Task A_node_that_is_killed_in_a_run_is_replaced_and_no_slot_is_run_twice_or_lost_unsaid()
    {
        await using var store = await PostgresServer.StartAsync();
        await using var silent = new SilentServer();
        await using var a = Start("a", store, silent.Port);
        await using var b = Start("b", store, silent.Port);
        await Wait.ForAsync("six slots", () => Events(a, b).Count(line => Name(line) == "slot_end") >= 6);
        await Wait.ForAsync("a run to kill", () => Name(Events(a, b).Last(line => Name(line) is "slot" or "slot_end")) == "slot");

        var victim = Events(a, b).Last(line => Name(line) == "slot").GetProperty("node").GetString() == "a" ? a : b;
        var other = victim == a ? b : a;
        victim.Kill();
        await Wait.ForAsync(
            "the other node to run three slots",
            () => Events(other).Count(line => Name(line) == "slot_end") >= 3,
            TimeSpan.FromSeconds(40),
            () => other.Error
        );
        other.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, (await other.WaitAsync()).ExitCode);

        var events = Events(a, b);
        var ended = events.Where(line => Name(line) == "slot_end").Select(line => Moment(line, "slot")).ToList();
        var missed = events.Where(line => Name(line) == "missed").SelectMany(Missed).ToList();
        var all = ended.Concat(missed).Order().ToList();
        Assert.Equal(all.Distinct(), all);
        Assert.Equal(Enumerable.Range(0, all.Count).Select(i => all[0].AddSeconds(2 * i)), all);
        Assert.Contains(events, line => Name(line) == "slot" && line.GetProperty("recovered").GetBoolean());
    }

    [Fact]
    public async Task The_store_may_be_gone_for_a_while()
    {
        await using var store = await PostgresServer.StartAsync();
        await using var node = Start("a", store, port: 1);
        await node.WaitForErrorLineAsync("\"slot_end\"");

        await store.StopAsync();
        await node.WaitForErrorLineAsync("the cluster's store is unavailable, and nothing runs until it is back");
        await store.StartAgainAsync();
        await node.WaitForErrorLineAsync("the cluster's store is available again");
        var before = Events(node).Count(line => Name(line) == "slot_end");

        await Wait.ForAsync(
            "further runs",
            () => Events(node).Count(line => Name(line) == "slot_end") > before,
            TimeSpan.FromSeconds(40),
            () => node.Error
        );
        node.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, (await node.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_node_that_comes_with_another_schedule_changes_it_for_all_and_a_store_that_cannot_be_reached_is_told()
    {
        await using var store = await PostgresServer.StartAsync();
        await using var first = Start("a", store, port: 1);
        await first.WaitForErrorLineAsync("\"start\"");
        await using var second = Start("b", store, port: 1, "0 0 3 * * ?");
        await second.WaitForErrorLineAsync("the cluster's schedule was replaced by this one on all nodes");
        Assert.Equal("0 0 3 * * ?", await store.ScalarAsync<string>("SELECT cron_expression FROM qrtz_cron_triggers"));

        await using var lost = BackupMetrics.Start([
            "schedule",
            "--cron",
            "@hourly",
            "--no-push",
            "--connection",
            "postgresql://u@127.0.0.1:1/x",
            "--cluster",
            "postgresql://u:secret@127.0.0.1:1/x",
        ]);
        var result = await lost.WaitAsync();
        Assert.Equal(69, result.ExitCode);
        Assert.Contains("the cluster's store postgresql://u@127.0.0.1:1/x is unavailable", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_store_may_want_a_password_and_its_certificate_is_looked_at_where_that_is_asked_for()
    {
        await using var store = await PostgresServer.StartAsync(
            new PostgresOptions { Tls = true, Hba = ["local all all trust", "hostssl all all 127.0.0.1/32 scram-sha-256"] }
        );
        await store.ExecuteAsync("CREATE ROLE scheduler LOGIN PASSWORD 's3cret'; GRANT CREATE ON SCHEMA public TO scheduler");
        using var folder = new TempFolder();
        var stranger = SelfSignedCertificate.Create(folder.Path, "stranger");
        var uri =
            store.ConnectionUri("scheduler", password: "s3cret").Replace("127.0.0.1", "localhost", StringComparison.Ordinal)
            + "?sslmode=verify-full&sslrootcert=";

        await using var trusting = Start(uri + store.CertificateFile);
        await trusting.WaitForErrorLineAsync("started on");
        Assert.True(
            await store.ScalarAsync<bool>(
                "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'backup-metrics'"
            )
        );
        trusting.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, (await trusting.WaitAsync()).ExitCode);

        foreach (
            var (root, words) in new[]
            {
                (stranger.CertificateFile, "the server is not trusted: its certificate is signed by itself, which is not in"),
                ("/nowhere/ca.pem", "the root certificate /nowhere/ca.pem does not exist"),
            }
        )
        {
            await using var doubting = Start(uri + root);
            var result = await doubting.WaitAsync();
            Assert.Equal(69, result.ExitCode);
            Assert.Contains("is unavailable: " + words, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", result.Error, StringComparison.Ordinal);
        }

        static ChildProcess Start(string cluster) =>
            BackupMetrics.Start([
                "schedule",
                "--cron",
                "@hourly",
                "--no-push",
                "--connection",
                "postgresql://u@127.0.0.1:1/x",
                "--node",
                "a",
                "--cluster",
                cluster,
            ]);
    }

    static ChildProcess Start(string node, PostgresServer store, int port, string cron = "*/2 * * * * ?") =>
        BackupMetrics.Start([
            "schedule",
            "--cron",
            cron,
            "--timezone",
            "UTC",
            "--log-format",
            "json",
            "--no-push",
            "--timeout",
            "1s",
            "--instance",
            "db",
            "--connection",
            $"postgresql://u@127.0.0.1:{port}/x?sslmode=disable",
            "--cluster",
            store.ConnectionUri(),
            "--node",
            node,
        ]);

    static List<JsonElement> Events(params ChildProcess[] nodes) =>
        [
            .. nodes
                .SelectMany(node => Whole(node.Error))
                .Select(line => JsonDocument.Parse(line).RootElement)
                .OrderBy(line => line.GetProperty("time").GetDateTime()),
        ];

    // The last line may be half written.
    static string[] Whole(string text) => text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);

    static string Name(JsonElement line) => line.GetProperty("event").GetString()!;

    static DateTimeOffset Moment(JsonElement line, string name) =>
        DateTimeOffset.Parse(line.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    static IEnumerable<DateTimeOffset> Missed(JsonElement line)
    {
        for (var slot = Moment(line, "first"); slot <= Moment(line, "last"); slot = slot.AddSeconds(2))
            yield return slot;
    }
}
