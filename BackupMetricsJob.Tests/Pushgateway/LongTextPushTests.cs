using System.Globalization;
using System.IO.Compression;
using System.Text;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>A long text is sent compressed, and uncompressed to servers that cannot decompress it.</summary>
public sealed class LongTextPushTests
{
    /// <summary>The response of a Pushgateway before 1.5.0 to compressed data.</summary>
    const string TooOld = "text format parsing error in line 1: invalid metric name\n";

    static readonly string Text = Gateways.Long(40_000);

    [Fact]
    public async Task A_real_gateway_stores_what_was_in_the_text()
    {
        await using var gateway = await PushgatewayServer.StartAsync();

        var outcome = await Gateways.PushTextAsync(gateway.Url, Text);

        Assert.Equal((PushResult.Stored, 1), (outcome.Result, outcome.Attempts));
        Assert.Equal(
            Text.Split('\n').Where(line => line.StartsWith("a_seconds{", StringComparison.Ordinal)).Select(line => Value(line)).Order(),
            (await gateway.SamplesAsync("a_seconds")).Select(line => Value(line)).Order()
        );
    }

    [Fact]
    public async Task It_is_compressed_once_and_sent_in_the_same_bytes_each_time()
    {
        await using var stub = new StubPushgateway(Status(503), Status(200));

        Assert.Equal(PushResult.Stored, (await Gateways.PushTextAsync(stub.Url, Text)).Result);

        Assert.Equal(["gzip", "gzip"], stub.Requests.Select(request => request.Headers["content-encoding"]));
        Assert.Equal(stub.Requests[0].Body, stub.Requests[1].Body);
        Assert.True(stub.Requests[0].Body.Length < Text.Length / 2);
        Assert.Equal(Text, Decompressed(stub.Requests[0].Body));
    }

    [Fact]
    public async Task A_short_text_is_sent_as_it_is()
    {
        await using var stub = new StubPushgateway(Status(200));

        await Gateways.PushTextAsync(stub.Url);

        Assert.False(Assert.Single(stub.Requests).Headers.ContainsKey("content-encoding"));
    }

    [Theory]
    [InlineData(400, TooOld)]
    [InlineData(415, "")]
    public async Task Who_cannot_decompress_it_gets_it_as_it_is_at_once(int status, string words)
    {
        await using var stub = new StubPushgateway(Status(status, words), Status(200));

        var outcome = await Gateways.PushTextAsync(
            stub.Url,
            Text,
            backoff: new Backoff(() => throw new InvalidOperationException("it waited"))
        );

        Assert.Equal((PushResult.Stored, 1), (outcome.Result, outcome.Attempts));
        Assert.Equal(2, stub.Requests.Count);
        Assert.False(stub.Requests[1].Headers.ContainsKey("content-encoding"));
        Assert.Equal(Text, stub.Requests[1].Text);
    }

    [Fact]
    public async Task And_from_then_on()
    {
        await using var stub = new StubPushgateway(Status(400, TooOld), Status(503), Status(200));

        Assert.Equal((PushResult.Stored, 2), Of(await Gateways.PushTextAsync(stub.Url, Text)));

        Assert.Equal([true, false, false], stub.Requests.Select(request => request.Headers.ContainsKey("content-encoding")));
        Assert.Equal(Text, stub.Requests[2].Text);
    }

    [Fact]
    public async Task Who_refuses_it_either_way_is_not_asked_a_third_time()
    {
        await using var stub = new StubPushgateway(Status(400, TooOld));

        Assert.Equal((PushResult.Refused, 1), Of(await Gateways.PushTextAsync(stub.Url, Text)));

        Assert.Equal(2, stub.Requests.Count);
    }

    [Theory]
    [InlineData(400, "text format parsing error in line 17: expected float as value")]
    [InlineData(400, "pushed metrics are invalid")]
    [InlineData(413, "too large")]
    public async Task Another_refusal_is_final(int status, string words)
    {
        await using var stub = new StubPushgateway(Status(status, words));

        Assert.Equal((PushResult.Refused, 1), Of(await Gateways.PushTextAsync(stub.Url, Text)));

        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task A_short_text_is_not_tried_twice_at_all()
    {
        await using var stub = new StubPushgateway(Status(400, TooOld));

        Assert.Equal((PushResult.Refused, 1), Of(await Gateways.PushTextAsync(stub.Url)));

        Assert.Single(stub.Requests);
    }

    static (PushResult Result, int Attempts) Of(PushOutcome outcome) => (outcome.Result, outcome.Attempts);

    static double Value(string line) => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);

    static string Decompressed(byte[] body)
    {
        using var text = new StreamReader(new GZipStream(new MemoryStream(body), CompressionMode.Decompress), Encoding.UTF8);
        return text.ReadToEnd();
    }
}
