using System.Net;
using System.Net.Http;
using Prometheus;

namespace BackupMetricsJob.Tests.PrometheusRoom;

public sealed class MetricPusherTests : IDisposable
{
    const long Never = 86_400_000;

    readonly RecordingGateway _gateway = new();
    readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    readonly Gauge _gauge;

    public MetricPusherTests() => _gauge = Metrics.WithCustomRegistry(_registry).CreateGauge("m", "h");

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Start_pushes_at_once_and_stop_pushes_what_was_set_since()
    {
        using var pusher = new MetricPusher(Options(_gateway));
        _gauge.Set(1);
        Assert.Same(pusher, pusher.Start());
        await _gateway.Received(1);
        _gauge.Set(2);
        await pusher.StopAsync();

        const string head = "# HELP m h\n# TYPE m gauge\n";
        const string type = "text/plain; version=0.0.4; charset=utf-8";
        Assert.Equal(
            [new("POST", "http://gw:9091/metrics/job/j", type, head + "m 1\n"), new("POST", "http://gw:9091/metrics/job/j", type, head + "m 2\n")],
            _gateway.Requests);
    }

    [Fact]
    public async Task Replace_is_a_PUT()
    {
        var options = Options(_gateway);
        options.ReplaceOnPush = true;
        await StartAndStop(options);

        Assert.Equal(["PUT", "PUT"], _gateway.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task It_pushes_at_every_interval()
    {
        var options = Options(_gateway);
        options.IntervalMilliseconds = 1;
        using var pusher = new MetricPusher(options);
        pusher.Start();

        await _gateway.Received(5);
    }

    [Fact]
    public async Task An_interval_longer_than_a_timer_can_wait_still_ends_with_the_last_push()
    {
        var options = Options(_gateway);
        options.IntervalMilliseconds = long.MaxValue / 10_000;
        await StartAndStop(options);

        Assert.Equal(2, _gateway.Requests.Count);
    }

    [Fact]
    public async Task It_is_started_once_and_stopped_as_often_as_one_likes()
    {
        using var pusher = new MetricPusher(Options(_gateway));
        pusher.Start();
        Assert.Throws<InvalidOperationException>(pusher.Start);
        await Task.WhenAll(pusher.StopAsync(), pusher.StopAsync());
        await pusher.StopAsync();

        Assert.Throws<InvalidOperationException>(pusher.Start);
        Assert.Equal(2, _gateway.Requests.Count);
    }

    [Fact]
    public void Stop_and_Dispose_end_it_as_StopAsync_does()
    {
        using (var pusher = new MetricPusher(Options(_gateway)))
        {
            pusher.Start();
            pusher.Stop();
            pusher.Stop();
        }

        Assert.Equal(2, _gateway.Requests.Count);
    }

    [Fact]
    public async Task One_that_was_never_started_pushes_nothing_and_cannot_be_started_after_its_stop()
    {
        using var pusher = new MetricPusher(Options(_gateway));
        await pusher.StopAsync();

        Assert.Throws<InvalidOperationException>(pusher.Start);
        Assert.Empty(_gateway.Requests);
    }

    [Fact]
    public async Task A_refusal_reaches_OnError_for_both_pushes_before_the_stop_is_over()
    {
        using var refusing = new RecordingGateway(HttpStatusCode.BadRequest);
        var problems = new List<Exception>();
        var options = Options(refusing);
        options.OnError = problems.Add;
        await StartAndStop(options);

        Assert.Equal(2, problems.Count);
        Assert.All(problems, problem => Assert.Equal(HttpStatusCode.BadRequest, Assert.IsType<HttpRequestException>(problem).StatusCode));
    }

    [Fact]
    public async Task Whatever_the_provider_or_OnError_throws_the_last_push_is_made()
    {
        using var client = new HttpClient(_gateway);
        var asked = 0;
        var options = Options(_gateway);
        options.HttpClientProvider = () => ++asked == 1 ? throw new IOException("no client yet") : client;
        options.OnError = _ => throw new InvalidOperationException("OnError is wrong itself");
        await StartAndStop(options);

        Assert.Single(_gateway.Requests);
    }

    [Fact]
    public async Task A_failed_scrape_skips_the_push_and_is_reported()
    {
        var problems = new List<Exception>();
        var options = Options(_gateway);
        options.OnError = problems.Add;
        _registry.AddBeforeCollectCallback(() => throw new ScrapeFailedException("stale"));
        await StartAndStop(options);

        Assert.Empty(_gateway.Requests);
        Assert.Equal(["stale", "stale"], problems.Select(problem => problem.Message));
    }

    [Fact]
    public async Task Callbacks_run_once_a_push()
    {
        _registry.AddBeforeCollectCallback(() => _gauge.Inc());
        await StartAndStop(Options(_gateway));

        Assert.Equal(2, _gauge.Value);
        Assert.EndsWith("\nm 2\n", _gateway.Requests[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_work_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new MetricPusher(null!));
        Assert.Throws<ArgumentNullException>(() => new MetricPusher("", "j"));
        Assert.Throws<ArgumentNullException>(() => new MetricPusher("http://gw/metrics", ""));
        Assert.Throws<ArgumentException>(() => new MetricPusher("http://gw/metrics", "j", intervalMilliseconds: 0));
        Assert.Throws<ArgumentException>(() => new MetricPusher("gw/metrics", "j"));
        Assert.Throws<NotSupportedException>(() => new MetricPusher("http://gw/metrics", "j", additionalLabels: [Tuple.Create("a", "")]));
        Assert.Throws<NotSupportedException>(() => new MetricPusher("http://gw/metrics", "j", additionalLabels: [null!]));
    }

    static async Task StartAndStop(MetricPusherOptions options)
    {
        using var pusher = new MetricPusher(options);
        pusher.Start();
        await pusher.StopAsync();
    }

    MetricPusherOptions Options(RecordingGateway gateway) => new()
    {
        Endpoint = "http://gw:9091/metrics/",
        Job = "j",
        IntervalMilliseconds = Never,
        Registry = _registry,
        HttpClientProvider = () => new HttpClient(gateway, disposeHandler: false),
    };
}
