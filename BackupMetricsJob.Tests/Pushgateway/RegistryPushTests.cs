using System.Net;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Support;
using Prometheus;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>The whole path, including prometheus-net's MetricPusher.</summary>
public class RegistryPushTests
{
    static readonly HttpMessageHandler Never = Transport.To(new Uri("http://127.0.0.1:1"), null, TimeSpan.FromSeconds(1));

    [Fact]
    public async Task A_push_is_one_put_on_the_wire_although_a_pusher_pushes_twice()
    {
        await using var stub = new StubPushgateway(Status(200));

        var outcome = await PushAsync(stub.Url, Registry("a_seconds", 1.5), Gateways.Key("a/b", ("c", "d e")));

        Assert.Equal((PushResult.Stored, 1), (outcome.Result, outcome.Attempts));
        var request = Assert.Single(stub.Requests);
        Assert.Equal(("PUT", "/metrics/job@base64/YS9i/c@base64/ZCBl"), (request.Method, request.Path));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", request.Headers["content-type"]);
        Assert.False(request.Headers.ContainsKey("transfer-encoding"));
        Assert.Equal("# HELP a_seconds Help of it.\n# TYPE a_seconds gauge\na_seconds 1.5\n", request.Text);
    }

    [Fact]
    public async Task A_value_that_changes_meanwhile_does_not_change_what_is_pushed()
    {
        var registry = Registry("a_seconds", 1);
        await using var stub = new StubPushgateway(
            (connection, end) =>
            {
                Metrics.WithCustomRegistry(registry).CreateGauge("a_seconds", "").Set(2);
                return Status(503)(connection, end);
            },
            Status(200)
        );

        var outcome = await PushAsync(stub.Url, registry, Gateways.Key("test"));

        Assert.Equal((PushResult.Stored, 2), (outcome.Result, outcome.Attempts));
        Assert.Equal(stub.Requests[0].Body, stub.Requests[1].Body);
    }

    [Fact]
    public async Task An_empty_registry_does_not_empty_the_group()
    {
        await using var stub = new StubPushgateway(Status(200));

        var outcome = await PushAsync(stub.Url, Metrics.NewCustomRegistry(), Gateways.Key("test"));

        Assert.Equal((PushResult.NotSent, "there is nothing to push"), (outcome.Result, outcome.Message));
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task Cancelled_in_the_middle_ends_at_once()
    {
        await using var stub = new StubPushgateway(Hang());
        using var stop = new CancellationTokenSource();
        var push = PushAsync(stub.Url, Registry("a_seconds", 1), Gateways.Key("test"), Gateways.Seconds(60, 60), stop.Token);
        await stub.FirstRequest;

        await stop.CancelAsync();

        Assert.Equal(PushResult.Cancelled, (await push.WaitAsync(TimeSpan.FromSeconds(20))).Result);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task The_deadline_is_for_both_pushes_of_a_pusher()
    {
        await using var stub = new StubPushgateway(Hang());

        var push = PushAsync(stub.Url, Registry("a_seconds", 1), Gateways.Key("test"), Gateways.Seconds(0.7, 0.3));

        Assert.Equal(PushResult.TimedOut, (await push.WaitAsync(TimeSpan.FromSeconds(20))).Result);
    }

    [Fact]
    public async Task A_refusal_comes_with_its_words()
    {
        await using var stub = new StubPushgateway(Status(400, "walg_last_upload is of another type"));

        var outcome = await PushAsync(stub.Url, Registry("walg_last_upload", 1), Gateways.Key("test"));

        Assert.Equal((PushResult.Refused, "walg_last_upload is of another type"), (outcome.Result, outcome.Message));
    }

    [Fact]
    public async Task A_value_too_long_for_any_path_is_an_outcome_too()
    {
        await using var gateway = await PushgatewayServer.StartAsync();

        var outcome = await PushAsync(gateway.Url, Registry("a_seconds", 1), Gateways.Key("test", ("x", new string('/', 2_000_000))));

        Assert.False(outcome.Arrived);
    }

    [Fact]
    public async Task What_cannot_be_serialised_is_a_bug_and_not_an_outcome()
    {
        using var push = Unsent();
        using var client = new HttpClient(push, disposeHandler: false);
        using var content = new Unserialisable();

        using var answer = await client.PutAsync(new Uri("http://127.0.0.1:1/metrics/job/job"), content);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("cannot", (await Assert.ThrowsAsync<InvalidOperationException>(() => push.Outcome)).Message);
    }

    [Fact]
    public async Task A_pusher_that_fails_before_any_request_does_not_hang()
    {
        using var push = Unsent();

        push.Fail(new InvalidOperationException("before"));
        push.Fail(new InvalidOperationException("again"));

        Assert.Equal("before", (await Assert.ThrowsAsync<InvalidOperationException>(() => push.Outcome)).Message);
    }

    internal static CollectorRegistry Registry(string name, double value)
    {
        var registry = Metrics.NewCustomRegistry();
        Metrics.WithCustomRegistry(registry).CreateGauge(name, "Help of it.").Set(value);
        return registry;
    }

    internal static Task<PushOutcome> PushAsync(
        string url,
        CollectorRegistry registry,
        GroupingKey key,
        PushBudget? budget = null,
        CancellationToken hardStop = default
    ) =>
        Push.SendAsync(
            registry,
            Gateways.At(url),
            key,
            (budget ?? Gateways.Seconds(30)) with
            {
                Backoff = Gateways.AtOnce,
            },
            TimeProvider.System,
            hardStop
        );

    static SinglePushHandler Unsent()
    {
        var delivery = new RetryLoop("nowhere", Gateways.Seconds(1), TimeProvider.System);
        return new SinglePushHandler(new Uri("http://127.0.0.1:1"), null, delivery, TimeProvider.System, Never, CancellationToken.None);
    }

    sealed class Unserialisable : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            throw new InvalidOperationException("cannot");

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
