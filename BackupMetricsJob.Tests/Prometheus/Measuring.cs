using Prometheus;

namespace BackupMetricsJob.Tests.PrometheusRoom;

public class Measuring
{
    readonly Gauge _gauge = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()).CreateGauge("g", "h");
    readonly Counter _counter = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()).CreateCounter("c", "h");

    [Fact]
    public void A_timer_sets_a_gauge_to_the_seconds_until_it_is_asked_and_again_at_its_end()
    {
        TimeSpan asked;
        using (var timer = _gauge.NewTimer())
        {
            asked = timer.ObserveDuration();
            Assert.Equal(asked.TotalSeconds, _gauge.Value);
        }

        Assert.True(asked > TimeSpan.Zero);
        Assert.True(_gauge.Value >= asked.TotalSeconds);
    }

    [Fact]
    public void A_timer_adds_to_a_counter_and_feeds_an_observer()
    {
        var observer = new Observer();
        TimeSpan once;
        using (var timer = _counter.NewTimer())
            once = timer.ObserveDuration();

        using (observer.NewTimer())
            Assert.Empty(observer.Seen);

        Assert.True(_counter.Value >= 2 * once.TotalSeconds);
        Assert.Single(observer.Seen);
    }

    [Fact]
    public void A_time_is_unix_seconds_with_their_fraction_in_any_zone()
    {
        _gauge.SetToTimeUtc(new DateTimeOffset(2026, 11, 22, 12, 0, 0, 125, TimeSpan.FromHours(2)));
        Assert.Equal(1795341600.125, _gauge.Value);

        _gauge.IncToTimeUtc(DateTimeOffset.UnixEpoch);
        Assert.Equal(1795341600.125, _gauge.Value);
        _counter.IncToTimeUtc(DateTimeOffset.UnixEpoch.AddSeconds(0.5));
        Assert.Equal(0.5, _counter.Value);
    }

    [Fact]
    public void The_current_time_is_between_before_and_after()
    {
        var before = DateTimeOffset.UtcNow;
        _gauge.SetToCurrentTimeUtc();
        _counter.IncToCurrentTimeUtc();
        var after = DateTimeOffset.UtcNow;

        Assert.InRange(_gauge.Value, before.ToUnixTimeMilliseconds() / 1000.0, (after.ToUnixTimeMilliseconds() + 1) / 1000.0);
        Assert.InRange(_counter.Value, _gauge.Value, (after.ToUnixTimeMilliseconds() + 1) / 1000.0);
    }

    [Fact]
    public void Work_in_progress_is_counted_down_once()
    {
        var first = _gauge.TrackInProgress();
        using (_gauge.TrackInProgress())
            Assert.Equal(2, _gauge.Value);

        first.Dispose();
        first.Dispose();
        Assert.Equal(0, _gauge.Value);
    }

    [Fact]
    public async Task Exceptions_are_counted_where_the_filter_says_so_and_thrown_on()
    {
        Assert.Throws<IOException>(() => _counter.CountExceptions(() => throw new IOException()));
        Assert.Throws<IOException>(() => _counter.CountExceptions(() => throw new IOException(), problem => problem is TimeoutException));
        Assert.Throws<IOException>(() => _counter.CountExceptions<int>(() => throw new IOException(), problem => problem is IOException));
        await Assert.ThrowsAsync<IOException>(() => _counter.CountExceptionsAsync(() => Task.FromException(new IOException())));
        await Assert.ThrowsAsync<IOException>(() => _counter.CountExceptionsAsync(() => Task.FromException<int>(new IOException())));
        Assert.Equal(4, _counter.Value);

        Assert.Equal(7, _counter.CountExceptions(() => 7));
        Assert.Equal(8, await _counter.CountExceptionsAsync(() => Task.FromResult(8)));
        Assert.Equal(4, _counter.Value);
    }

    sealed class Observer : IObserver
    {
        public List<double> Seen { get; } = [];

        public void Observe(double val) => Seen.Add(val);
    }
}
