using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>Helpers for the tests of pushes.</summary>
internal static class Gateways
{
    public const string Text = "# HELP a_seconds A.\n# TYPE a_seconds gauge\na_seconds 1\n";

    /// <summary>The part of a <c>--web.config.file</c> that admits only <see cref="Job"/>.</summary>
    public const string Users = """
        basic_auth_users:
          job: $2b$04$abcdefghijklmnopqrstuub.ZjCeFtaHcVNO3csJiht1Oa5O89F5e

        """;

    public static readonly ClientCredentials Job = ClientCredentials.Basic("job", "correct horse é");

    public static readonly Backoff AtOnce = new(() => 0);

    public static GatewayAddress Address(string url)
    {
        var problems = new List<string>();
        return GatewayAddress.TryParse(url, problems) ?? throw new ArgumentException(string.Join('\n', problems), nameof(url));
    }

    public static Gateway At(string url) => new(Address(url)) { AttemptTimeout = TimeSpan.FromSeconds(10) };

    public static GroupingKey Key(string job, params (string Name, string Value)[] labels)
    {
        var problems = new List<string>();
        return GroupingKey.TryCreate(job, [.. labels.Select(label => new GroupingLabel(label.Name, label.Value))], problems)
            ?? throw new ArgumentException(string.Join('\n', problems), nameof(job));
    }

    public static PushBudget Seconds(double deadline, double attempt = 10) =>
        new(TimeSpan.FromSeconds(deadline), TimeSpan.FromSeconds(attempt));

    /// <summary>A text with this many samples that compresses badly: about 35 bytes per sample.</summary>
    public static string Long(int samples)
    {
        var text = new StringBuilder("# HELP a_seconds A.\n# TYPE a_seconds gauge\n", samples * 48);
        for (var i = 0; i < samples; i++)
            text.Append(CultureInfo.InvariantCulture, $"a_seconds{{x=\"{i}\"}} {unchecked((uint)(i * 2654435761)) / 7.0}\n");
        return text.ToString();
    }

    /// <summary>Pushes a text as a MetricPusher would, twice, including texts that no registry writes.</summary>
    public static async Task<PushOutcome> PushTextAsync(
        string url,
        string text = Text,
        PushBudget? budget = null,
        GroupingKey? key = null,
        Backoff? backoff = null,
        TimeProvider? clock = null,
        ClientCredentials? credentials = null,
        ClientTls? tls = null,
        CancellationToken hardStop = default
    )
    {
        var gateway = Address(url);
        budget = (budget ?? Seconds(30)) with { Backoff = backoff ?? AtOnce };
        clock ??= TimeProvider.System;
        var group = gateway.GroupUrl(key ?? Key("test"));
        using var transport = Transport.To(group, tls, budget.Deadline);
        using var push = new SinglePushHandler(
            group,
            credentials,
            new RetryLoop(gateway.ToString(), budget, clock),
            clock,
            transport,
            hardStop
        );
        using var client = new HttpClient(push, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        for (var i = 0; i < 2; i++)
        {
            using var content = new StringContent(text, Encoding.UTF8);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse("text/plain; version=0.0.4; charset=utf-8");
            using var request = new HttpRequestMessage(HttpMethod.Put, gateway.MetricsUrl + "/job/job") { Content = content };
            using var response = await client.SendAsync(request, CancellationToken.None);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        return await push.Outcome;
    }
}
