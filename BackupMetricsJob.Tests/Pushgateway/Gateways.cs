using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>What the tests of this room say often.</summary>
internal static class Gateways
{
    public const string Text = "# HELP a_seconds A.\n# TYPE a_seconds gauge\na_seconds 1\n";

    public static readonly Backoff AtOnce = new(() => 0);

    public static GatewayAddress Address(string url)
    {
        var problems = new List<string>();
        return GatewayAddress.TryParse(url, problems) ?? throw new ArgumentException(string.Join('\n', problems), nameof(url));
    }

    public static GroupingKey Key(string job, params (string Name, string Value)[] labels)
    {
        var problems = new List<string>();
        return GroupingKey.TryCreate(job, [.. labels.Select(label => new GroupingLabel(label.Name, label.Value))], problems)
            ?? throw new ArgumentException(string.Join('\n', problems), nameof(job));
    }

    public static PushBudget Seconds(double deadline, double attempt = 10) => new(TimeSpan.FromSeconds(deadline), TimeSpan.FromSeconds(attempt));

    /// <summary>Pushes a text as a MetricPusher would, twice, but it may be any text, also one that no registry writes.</summary>
    public static async Task<PushOutcome> PushTextAsync(
        bool full,
        string url,
        string text = Text,
        PushBudget? budget = null,
        GroupingKey? key = null,
        Backoff? backoff = null,
        TimeProvider? clock = null,
        CancellationToken hardStop = default)
        => await PushBytesAsync(full, url, Encoding.UTF8.GetBytes(text), budget, key, backoff, clock, hardStop);

    public static async Task<PushOutcome> PushBytesAsync(
        bool full,
        string url,
        byte[] text,
        PushBudget? budget = null,
        GroupingKey? key = null,
        Backoff? backoff = null,
        TimeProvider? clock = null,
        CancellationToken hardStop = default)
    {
        var gateway = Address(url);
        budget ??= Seconds(30);
        clock ??= TimeProvider.System;
        var delivery = new Delivery(gateway.ToString(), budget, backoff ?? AtOnce, clock, clock.GetTimestamp());
        using var transport = full ? Transport.Full(budget) : Transport.To(gateway.GroupUrl(key ?? Key("test")), budget);
        using var push = new SinglePush(gateway.GroupUrl(key ?? Key("test")), delivery, clock, transport, hardStop);
        using var client = new HttpClient(push, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        for (var i = 0; i < 2; i++)
        {
            using var content = new ByteArrayContent(text);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse("text/plain; version=0.0.4; charset=utf-8");
            using var request = new HttpRequestMessage(HttpMethod.Put, gateway.MetricsUrl + "/job/job") { Content = content };
            // As a pusher does: on a thread of its own, which the push blocks.
            using var response = await Task.Factory.StartNew(
                () => client.SendAsync(request, CancellationToken.None), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        return await push.Outcome;
    }
}
