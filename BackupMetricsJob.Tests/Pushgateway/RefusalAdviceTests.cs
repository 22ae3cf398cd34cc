using System.Globalization;
using System.Net;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>Finds out why a real gateway refuses a push, and runs the advised command exactly as printed.</summary>
public sealed class RefusalAdviceTests : IAsyncLifetime
{
    const string Series = "# TYPE a_seconds gauge\na_seconds{x=\"1\"} 1\n";

    PushgatewayServer _gateway = null!;

    public async Task InitializeAsync() => _gateway = await PushgatewayServer.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [RefusalTheory]
    [InlineData("/job/bad/x/%ff%fe", "{job=\"bad\", x=\"\\xff\\xfe\"}")]
    [InlineData("/job/%ff/x/1", "{job=\"\\xff\", x=\"1\"}")]
    [InlineData("/job/bad/instance@base64/=/x/a%e2%82b", "{instance=\"\", job=\"bad\", x=\"a\\xe2\\x82b\"}")]
    [InlineData("/job/b%27%22%5cd/x@base64/L_8K", "{job=\"b'\"\\d\", x=\"/\\xff \"}")]
    public async Task A_poisoned_gateway_is_mended_by_the_command(string path, string group)
    {
        await PutAsync(path, "b 1\n", HttpStatusCode.BadRequest);
        Assert.Equal(
            HttpStatusCode.InternalServerError,
            (await Assert.ThrowsAsync<HttpRequestException>(_gateway.MetricsAsync)).StatusCode
        );

        var advice = await MendsAsync();

        Assert.StartsWith(
            $"the group {group} of another job has a label that is not UTF-8: the gateway refuses every push until it is "
                + $"deleted: curl -X DELETE '{_gateway.Url}/metrics/job",
            advice,
            StringComparison.Ordinal
        );
    }

    [RefusalFact]
    public async Task Two_poisoned_groups_are_mended_at_once()
    {
        await PutAsync("/job/bad/x/%ff", "b 1\n", HttpStatusCode.BadRequest);
        await PutAsync("/job/bad/x/%fe", "b 1\n", HttpStatusCode.BadRequest);

        Assert.StartsWith("the groups {", await MendsAsync(), StringComparison.Ordinal);
    }

    [RefusalFact]
    public async Task Poison_is_named_by_the_words_alone_where_the_groups_cannot_be_had()
    {
        await PutAsync("/job/bad/x/%ff%fe", "b 1\n", HttpStatusCode.BadRequest);
        var refused = await PushAsync();

        await using var stub = new StubPushgateway(Status(500));

        Assert.EndsWith(
            $"curl -X DELETE '{stub.Url}/metrics/job@base64/YmFk/x@base64/__4'",
            await AdviceAsync(refused, stub.Url),
            StringComparison.Ordinal
        );
    }

    [RefusalFact]
    public async Task Another_type_names_the_group_that_has_it()
    {
        await PutAsync("/job/other/zone/eu%201", "# TYPE a_seconds counter\na_seconds 5\n");
        await PutAsync("/job/bystander", "b 1\n");

        Assert.StartsWith(
            "the group {job=\"other\", zone=\"eu 1\"}, pushed by another job, has a_seconds with a different type: "
                + "ask the owner to rename it or to delete the group. If nobody needs the group any more: curl -X DELETE '",
            await MendsAsync(),
            StringComparison.Ordinal
        );
        Assert.Single(await _gateway.GroupsAsync(), group => group.GetProperty("labels").GetProperty("job").GetString() == "bystander");
    }

    [RefusalFact]
    public async Task A_group_of_another_run_of_ours_is_told_from_a_strangers()
    {
        await PutAsync(
            "/job/renamed",
            "# TYPE a_seconds counter\na_seconds 5\n# TYPE backup_metrics_build_info gauge\nbackup_metrics_build_info 1\n"
        );

        Assert.Contains(", pushed by another run of backup-metrics, has a_seconds", await MendsAsync(), StringComparison.Ordinal);
    }

    [RefusalFact]
    public async Task The_same_series_names_the_group_that_has_it_and_no_other()
    {
        await PutAsync("/job/test/x/1", "# TYPE a_seconds gauge\na_seconds 1\n");
        await PutAsync("/job/test/x/2", "# TYPE a_seconds gauge\na_seconds 1\n");

        Assert.StartsWith(
            "the group {job=\"test\", x=\"1\"}, pushed by another job, has a_seconds with identical labels: ",
            await MendsAsync(),
            StringComparison.Ordinal
        );
    }

    [RefusalFact]
    public async Task Many_culprits_are_not_all_named()
    {
        for (var i = 0; i < 5; i++)
            await PutAsync($"/job/other/i/{i}", "# TYPE a_seconds counter\na_seconds 5\n");

        Assert.Contains(
            " and 2 more, pushed by other jobs, have a_seconds",
            await AdviceAsync(await PushAsync(), _gateway.Url),
            StringComparison.Ordinal
        );
    }

    [RefusalFact]
    public async Task A_fault_of_our_own_text_accuses_nobody()
    {
        await PutAsync("/job/test", Series);

        var refused = await Gateways.PushTextAsync(_gateway.Url, Series + "a_seconds{x=\"1\"} 2\n");

        Assert.Equal(PushResult.Refused, refused.Result);
        Assert.Null(await AdviceAsync(refused, _gateway.Url));
    }

    [Fact]
    public async Task Nothing_is_asked_where_the_words_accuse_nobody()
    {
        await using var stub = new StubPushgateway(Status(400, "no"));

        Assert.Null(await AdviceAsync(await Gateways.PushTextAsync(stub.Url), stub.Url));
        Assert.Single(stub.Requests);
    }

    [RefusalFact]
    public async Task A_gateway_that_does_not_answer_is_not_waited_for()
    {
        await PutAsync("/job/other", "# TYPE a_seconds counter\na_seconds 5\n");
        var refused = await PushAsync();
        await using var stub = new StubPushgateway(Hang());
        var start = TimeProvider.System.GetTimestamp();

        Assert.Null(await AdviceAsync(refused, stub.Url, TimeSpan.FromSeconds(0.3)));

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(4));
    }

    [Theory]
    [InlineData("{\"status\":\"success\",\"data\":[{\"labels\":{\"job\":\"other\"},\"a_seconds\":{\"type\":7}}]}")]
    [InlineData("{\"data\":[{\"labels\":[1]}")]
    [InlineData("<html>")]
    public async Task Nonsense_instead_of_groups_leaves_the_outcome_as_it_was(string nonsense)
    {
        await PutAsync("/job/other", "# TYPE a_seconds counter\na_seconds 5\n");
        await using var stub = new StubPushgateway(Status(200, nonsense));

        Assert.Null(await AdviceAsync(await PushAsync(), stub.Url));
    }

    /// <summary>Returns the advice for a refused push; runs its command, after which the push succeeds.</summary>
    async Task<string> MendsAsync()
    {
        var refused = await PushAsync();
        Assert.Equal((PushResult.Refused, 400), (refused.Result, refused.Status));
        var advice = await AdviceAsync(refused, _gateway.Url);
        Assert.NotNull(advice);
        var command = advice[advice.IndexOf("curl -X DELETE '", StringComparison.Ordinal)..];
        Tool.Find("curl", "apt-get install curl");

        await ChildProcess.RunSuccessfullyAsync(
            "/bin/sh",
            ["-c", command.Replace("curl ", "curl --silent --show-error --fail ", StringComparison.Ordinal)]
        );

        await Wait.ForAsync("the push to succeed", async () => (await PushAsync()).Result == PushResult.Stored, TimeSpan.FromSeconds(10));
        return advice;
    }

    static Task<string?> AdviceAsync(PushOutcome refused, string url, TimeSpan? left = null) =>
        ConflictFinder.AdviceAsync(
            refused,
            Gateways.At(url),
            Gateways.Key("test"),
            left ?? TimeSpan.FromSeconds(20),
            TimeProvider.System,
            CancellationToken.None
        );

    Task<PushOutcome> PushAsync() => Gateways.PushTextAsync(_gateway.Url, Series);

    async Task PutAsync(string path, string text, HttpStatusCode expected = HttpStatusCode.OK)
    {
        // .NET would change a path that is not UTF-8.
        var request = string.Create(
            CultureInfo.InvariantCulture,
            $"PUT /metrics{path} HTTP/1.1\r\nHost: x\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n{text}"
        );
        using var connection = new System.Net.Sockets.TcpClient("127.0.0.1", _gateway.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(request));
        using var reader = new StreamReader(stream);
        Assert.StartsWith($"HTTP/1.1 {(int)expected} ", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }
}
