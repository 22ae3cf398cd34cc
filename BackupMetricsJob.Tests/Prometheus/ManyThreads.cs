using System.Globalization;
using Prometheus;

namespace BackupMetricsJob.Tests.PrometheusRoom;

public class ManyThreads
{
    const int Threads = 8;
    const int Rounds = 1_000;

    [Fact]
    public void No_increment_is_lost()
    {
        var metrics = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry());
        var counter = metrics.CreateCounter("c", "h");
        var child = metrics.CreateGauge("g", "h", "a").WithLabels("x");
        SideBySide(thread =>
        {
            for (var i = 0; i < 100 * Rounds; i++)
            {
                child.Inc();
                if (i % 10 == 0)
                    counter.Inc();
            }

            child.IncTo(thread);
        });

        Assert.Equal(Threads * 100 * Rounds, child.Value);
        Assert.Equal(Threads * 10 * Rounds, counter.Value);
    }

    [Fact]
    public void Every_thread_gets_the_same_metric_and_the_same_series()
    {
        var registry = Metrics.NewCustomRegistry();
        SideBySide(_ =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var metrics = Metrics.WithCustomRegistry(registry);
                metrics.CreateCounter("shared", "h").Inc();
                metrics.CreateGauge("by_round", "h", "round").WithLabels((round % 50).ToString(CultureInfo.InvariantCulture)).Inc();
            }
        });

        var made = Metrics.WithCustomRegistry(registry);
        Assert.Equal(Threads * Rounds, made.CreateCounter("shared", "h").Value);
        var gauge = made.CreateGauge("by_round", "h", "round");
        Assert.Equal(50, gauge.GetAllLabelValues().Count());
        Assert.Equal(Threads * Rounds, gauge.GetAllLabelValues().Sum(values => gauge.WithLabels(values).Value));
    }

    [Fact]
    public void An_export_while_others_write_is_whole_lines_of_what_was_there()
    {
        var registry = Metrics.NewCustomRegistry();
        var metrics = Metrics.WithCustomRegistry(registry);

        // Between WithLabels and Set a series is 0, and published unless that is suppressed.
        var gauge = metrics.CreateGauge("m", "h", ["thread", "round"], new GaugeConfiguration { SuppressInitialValue = true });
        SideBySide(thread =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var label = round.ToString(CultureInfo.InvariantCulture);
                gauge.WithLabels(thread.ToString(CultureInfo.InvariantCulture), label).Set(1);
                metrics.CreateGauge($"m{round % 100}_{thread}", "h");
                if (round % 100 == 0)
                    Assert.All(Exported.TextOf(registry).Result.Split('\n').SkipLast(1), line => Assert.Matches(@"^(# .+|m\{.+\} 1|m\d+_\d 0)$", line));
            }
        });

        Assert.Equal(Threads * Rounds, gauge.GetAllLabelValues().Count());
    }

    static void SideBySide(Action<int> work)
    {
        using var start = new Barrier(Threads);
        Task.WaitAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                work(thread);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray());
    }
}
