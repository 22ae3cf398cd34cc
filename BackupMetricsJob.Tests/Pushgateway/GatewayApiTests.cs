using System.Text;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>The status and the groups of a real Pushgateway, and the messages of failures.</summary>
public sealed class GatewayApiTests : IDisposable
{
    const string Ours = "# TYPE backup_metrics_build_info gauge\nbackup_metrics_build_info 1\n";

    static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_tells_its_version_and_whether_it_checks()
    {
        await using var gateway = await PushgatewayServer.StartAsync("--push.disable-consistency-check");
        await using var careful = await PushgatewayServer.StartAsync();

        var status = (await Api(gateway.Url).StatusAsync(CancellationToken.None)).Value!;

        Assert.Matches(@"^\d+\.\d+\.\d+", status.Version);
        Assert.True(status.IsReady);
        Assert.False(status.ChecksPushes);
        Assert.True((await Api(careful.Url).StatusAsync(CancellationToken.None)).Value!.ChecksPushes);
        Assert.InRange(status.Started!.Value, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddSeconds(2));
        Assert.InRange(status.ClockSkew!.Value, TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(2));
        Assert.Equal($"Pushgateway {status.Version}, ready, which does not check pushes", status.ToString());
    }

    [Fact]
    public async Task One_whose_queue_is_full_is_not_ready_but_tells()
    {
        await using var stub = new StubPushgateway(
            Status(200, """{"status":"success","data":{"build_information":{"version":"1.5.1"}}}"""),
            Status(503, "full")
        );

        Assert.Equal(
            "Pushgateway 1.5.1, not ready: its push queue is full",
            (await Api(stub.Url).StatusAsync(CancellationToken.None)).Value?.ToString()
        );
        Assert.Equal(["/api/v1/status", "/-/ready"], stub.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task Groups_tell_their_labels_their_times_and_whose_they_are()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await PushAsync(gateway, Gateways.Key("a/b", ("x", "é\n"), ("instance", "")), Ours);
        await PushAsync(gateway, Gateways.Key("stranger"), "labels 1\n# TYPE b counter\nb{y=\"z\"} 1\n");
        await PushAsync(gateway, Gateways.Key("refused"), "c 1\nc 1\n");
        await PushAsync(gateway, Gateways.Key("stranger", ("x", "")), "# TYPE b counter\nb 1\n");

        var groups = (
            await Api(gateway.Url)
                .GroupsAsync(new("b", [new("y", "z"), new("job", "stranger"), new("instance", "")]), CancellationToken.None)
        ).Value!;

        Assert.InRange(groups.At, DateTimeOffset.UtcNow.AddSeconds(-5), DateTimeOffset.UtcNow.AddSeconds(2));
        var ours = Assert.Single(groups.All, group => group.IsOurs);
        Assert.True(ours.Is(Gateways.Key("a/b", ("instance", ""), ("x", "é\n"))));
        Assert.False(ours.Is(Gateways.Key("a/b", ("x", "é\n"))));
        Assert.Equal(ours.ToKey()!.ToString(), ours.ToString());
        Assert.InRange(ours.PushTime!.Value, DateTimeOffset.UtcNow.AddSeconds(-60), DateTimeOffset.UtcNow.AddSeconds(2));
        Assert.Null(ours.PushFailureTime);
        var refused = Assert.Single(groups.All, group => group.Job == "refused");
        Assert.Null(refused.PushTime);
        Assert.NotNull(refused.PushFailureTime);
        var stranger = Assert.Single(groups.All, group => group.Job == "stranger");
        Assert.Equal(("", "COUNTER", false), (stranger.Value("x"), stranger.MatchingType, stranger.HasMatchingSeries));
        Assert.Equal(3, groups.All.Count);
    }

    [Fact]
    public async Task A_series_is_found_by_all_its_labels()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await PushAsync(gateway, Gateways.Key("stranger"), "b{y=\"z\"} 1\nb{y=\"x\"} 1\n");

        Assert.True(await HasAsync(new("y", "z"), new("job", "stranger"), new("instance", "")));
        Assert.False(await HasAsync(new("y", "z"), new("job", "stranger")));
        Assert.False(await HasAsync(new("y", "q"), new("job", "stranger"), new("instance", "")));

        async Task<bool> HasAsync(params GroupingLabel[] series) =>
            Assert.Single((await Api(gateway.Url).GroupsAsync(new("b", series), CancellationToken.None)).Value!.All).HasMatchingSeries;
    }

    [Fact]
    public async Task Tens_of_megabytes_are_read_and_not_kept()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await PushAsync(gateway, Gateways.Key("large"), Gateways.Long(200_000));
        await PushAsync(gateway, Gateways.Key("small"), Ours);
        using var client = new HttpClient();
        var listing = await client.GetByteArrayAsync(new Uri(gateway.Url + "/api/v1/metrics"));
        Assert.Equal(
            ["large", "small"],
            (await Api(gateway.Url).GroupsAsync(null, CancellationToken.None)).Value!.All.Select(group => group.Job).Order()
        );

        // Reading from memory never waits, so only this thread reads.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = GroupListing.ReadAsync(new MemoryStream(listing), null, CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(reading.IsCompletedSuccessfully);
        Assert.Equal(2, (await reading).Count);
        Assert.InRange(listing.Length, 10_000_000, int.MaxValue);
        Assert.InRange(allocated, 0, 200_000);
    }

    [Fact]
    public async Task A_group_is_gone_when_its_deletion_returns_and_no_other_is()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await PushAsync(gateway, Gateways.Key("a/b", ("x", "1")), Ours);
        await PushAsync(gateway, Gateways.Key("a/b"), Ours);

        Assert.Empty(
            (await Api(gateway.Url).DeleteAsync([new([new("x", "1"), new("job", "a/b")])], Soon, CancellationToken.None)).Value!.All
        );

        Assert.Equal(
            "{job=\"a/b\"}",
            Assert.Single((await Api(gateway.Url).GroupsAsync(null, CancellationToken.None)).Value!.All).ToString()
        );
    }

    [Fact]
    public async Task What_does_not_go_is_told_at_the_deadline()
    {
        const string Group = """{"status":"success","data":[{"labels":{"job":"a"}}]}""";
        await using var stub = new StubPushgateway(Status(202), Status(200, Group));

        var left = await Api(stub.Url).DeleteAsync([new([new("job", "a")])], TimeSpan.FromSeconds(0.3), CancellationToken.None);

        Assert.Equal("{job=\"a\"}", Assert.Single(left.Value!.All).ToString());
        Assert.Equal(("DELETE", "/metrics/job/a"), (stub.Requests[0].Method, stub.Requests[0].Path));
        Assert.InRange(stub.Requests.Count, 2, 7);
    }

    [Fact]
    public async Task Its_refusals_and_failures_are_told_as_those_of_a_push()
    {
        await using var gateway = await PushgatewayServer.StartAsync("--web.config.file=" + _folder.Write("web.yml", Gateways.Users));
        var wrong = Gateways.At(gateway.Url) with { Credentials = ClientCredentials.Basic("job", "s3cret") };
        await using var slow = new StubPushgateway(Hang("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"));
        await using var full = new StubPushgateway(Status(503, "full"));
        await using var other = new StubPushgateway(Status(501, "what is DELETE?"));
        await using var moved = new StubPushgateway(Status(301, "", "Location: http://u:s3cret@h/x"));
        await using var cut = new StubPushgateway(Raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"));
        var nobody = $"http://127.0.0.1:{FreePort.Next()}";

        Assert.Equal(
            $"{gateway.Url} refused: it requires credentials, and none are configured (HTTP 401): Unauthorized",
            await ToldAsync(Api(gateway.Url))
        );
        Assert.Equal(
            $"{gateway.Url} refused: it rejected the configured credentials (HTTP 401): Unauthorized",
            await ToldAsync(new(wrong, TimeProvider.System))
        );
        Assert.Null(
            (
                await new GatewayApi(wrong with { Credentials = Gateways.Job }, TimeProvider.System).GroupsAsync(
                    null,
                    CancellationToken.None
                )
            ).Failure
        );
        Assert.StartsWith($"{nobody} could not be reached: Connection refused", await ToldAsync(Api(nobody)), StringComparison.Ordinal);
        Assert.Equal($"{slow.Url} did not answer in time: no complete answer within 0.5 s", await ToldAsync(Api(slow.Url, 0.5)));
        Assert.Equal($"{full.Url} is not available (HTTP 503): full", await ToldAsync(Api(full.Url)));
        Assert.Equal($"{other.Url} refused (HTTP 501): what is DELETE?", await ToldAsync(Api(other.Url)));
        Assert.Equal($"{moved.Url} refused (HTTP 301): redirected to http://***@h/x", await ToldAsync(Api(moved.Url)));
        Assert.StartsWith($"{cut.Url} could not be reached: ", await ToldAsync(Api(cut.Url)), StringComparison.Ordinal);
        Assert.Equal(
            RequestFailure.Cancelled,
            (await new GatewayApi(wrong, TimeProvider.System).GroupsAsync(null, new CancellationToken(true))).Failure?.Reason
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{\"status\":\"success\"}")]
    [InlineData("{\"data\":{}}")]
    [InlineData("{\"data\":[{\"labels\":{\"job\":\"a\"}")]
    [InlineData("{\"data\":[{\"push_time_seconds\":7}]}")]
    [InlineData("{\"data\":[{\"labels\":{\"job\":\"\\ud800\"}}]}")]
    public async Task What_is_no_list_of_groups_is_a_failure(string answer)
    {
        await using var stub = new StubPushgateway(Status(200, answer));

        var told = await ToldAsync(Api(stub.Url));
        Assert.StartsWith($"{stub.Url} refused: unexpected response: ", told, StringComparison.Ordinal);
        Assert.DoesNotMatch("LineNumber|BytePosition|StartObject|StartArray|Depth", told);
        Assert.Equal(RequestFailure.Refused, (await Api(stub.Url).StatusAsync(CancellationToken.None)).Failure?.Reason);
    }

    [Fact]
    public async Task A_list_is_read_the_same_however_it_is_cut()
    {
        var text = Encoding.UTF8.GetBytes(
            """{ "status" : "success", "data" : [ {"a":{"metrics":[{"labels":{"é\"":"\n"},"value":"1"}],"type":"GAUGE"},"labels":{"job":"é\ud83d\ude00"},"n":[1,null,[true]]}, {"labels":{"job":{},"a":"b"}}, {"labels":[1]}, {"labels":{"job":"b"}} ] }"""
        );
        for (var size = 1; size < 20; size++)
        {
            await using var slow = new Slow(text, size);
            var groups = await GroupListing.ReadAsync(slow, new("a", [new("é\"", "\n")]), CancellationToken.None);

            Assert.Equal(["é😀", "b"], groups.Select(group => group.Job));
            Assert.Equal(("GAUGE", true), (groups[0].MatchingType, groups[0].HasMatchingSeries));
        }
    }

    static async Task<string> ToldAsync(GatewayApi api) => (await api.GroupsAsync(null, CancellationToken.None)).Failure?.Describe() ?? "";

    static GatewayApi Api(string url, double timeout = 20) =>
        new(Gateways.At(url) with { AttemptTimeout = TimeSpan.FromSeconds(timeout) }, TimeProvider.System);

    static Task<PushOutcome> PushAsync(PushgatewayServer gateway, GroupingKey key, string text) =>
        Gateways.PushTextAsync(gateway.Url, text, key: key);

    sealed class Slow(byte[] text, int size) : MemoryStream(text)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return await base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
        }
    }
}
