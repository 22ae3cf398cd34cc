using Prometheus;

namespace BackupMetricsJob.Tests.PrometheusRoom;

public class Callbacks
{
    readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    readonly Gauge _gauge;

    public Callbacks() => _gauge = Metrics.WithCustomRegistry(_registry).CreateGauge("m", "h");

    [Fact]
    public async Task Both_kinds_run_before_every_export_and_may_make_metrics()
    {
        _registry.AddBeforeCollectCallback(() => _gauge.Inc());
        _registry.AddBeforeCollectCallback(async _ =>
        {
            await Task.Yield();
            _gauge.Inc(10);
            Metrics.WithCustomRegistry(_registry).CreateGauge("late", "h").Set(1);
        });

        Assert.Contains("\nm 11\n", await Exported.TextOf(_registry), StringComparison.Ordinal);
        var second = await Exported.TextOf(_registry);
        Assert.Contains("\nm 22\n", second, StringComparison.Ordinal);
        Assert.EndsWith("\nlate 1\n", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asynchronous_ones_run_side_by_side_with_the_exports_token()
    {
        using var stopping = new CancellationTokenSource();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tokens = new List<CancellationToken>();
        _registry.AddBeforeCollectCallback(async cancel =>
        {
            tokens.Add(cancel);
            await first.Task;
        });
        _registry.AddBeforeCollectCallback(_ =>
        {
            first.SetResult();
            return Task.CompletedTask;
        });

        await _registry.CollectAndExportAsTextAsync(Stream.Null, stopping.Token).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([stopping.Token], tokens);
    }

    [Fact]
    public async Task One_that_fails_ends_neither_the_others_nor_the_export()
    {
        _registry.AddBeforeCollectCallback(() => throw new InvalidOperationException("sync"));
        _registry.AddBeforeCollectCallback(() => _gauge.Inc());
        _registry.AddBeforeCollectCallback(_ => throw new InvalidOperationException("before its task"));
        _registry.AddBeforeCollectCallback(async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("in its task");
        });
        _registry.AddBeforeCollectCallback(_ =>
        {
            _gauge.Inc(10);
            return Task.CompletedTask;
        });

        Assert.EndsWith("\nm 11\n", await Exported.TextOf(_registry), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_scrape_ends_the_export_before_its_first_byte(bool synchronous)
    {
        if (synchronous)
            _registry.AddBeforeCollectCallback(() => throw new ScrapeFailedException("stale"));
        else
            _registry.AddBeforeCollectCallback(_ => Task.FromException(new ScrapeFailedException("stale")));

        using var stream = new MemoryStream();
        var problem = await Assert.ThrowsAsync<ScrapeFailedException>(() => _registry.CollectAndExportAsTextAsync(stream));
        Assert.Equal("stale", problem.Message);
        Assert.Equal(0, stream.Length);
    }
}
