using Prometheus;

namespace BackupMetricsJob.Tests.PrometheusRoom;

public class Publishing
{
    [Fact]
    public async Task A_metric_without_labels_is_zero_before_it_is_set() =>
        Assert.EndsWith("\nm 0\n", await Exported.TextOf(metrics => metrics.CreateGauge("m", "h")), StringComparison.Ordinal);

    [Fact]
    public async Task A_suppressed_initial_value_is_written_only_after_it_was_set_even_to_zero()
    {
        var suppressed = new GaugeConfiguration { SuppressInitialValue = true };
        var text = await Exported.TextOf(metrics =>
        {
            metrics.CreateGauge("never", "h", suppressed);
            metrics.CreateGauge("zero", "h", suppressed).Set(0);
            metrics.CreateGauge("labelled", "h", ["a"], suppressed).WithLabels("never");
            metrics.CreateCounter("published", "h", new CounterConfiguration { SuppressInitialValue = true }).Publish();
        });

        Assert.Equal(["zero 0", "published 0"], text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'));
    }

    [Fact]
    public async Task An_unpublished_series_is_not_written_until_it_changes()
    {
        var registry = Metrics.NewCustomRegistry();
        var gauge = Metrics.WithCustomRegistry(registry).CreateGauge("m", "h");
        gauge.Set(5);
        gauge.Unpublish();
        Assert.Equal("# HELP m h\n# TYPE m gauge\n", await Exported.TextOf(registry));

        gauge.IncTo(1);
        Assert.EndsWith("\nm 5\n", await Exported.TextOf(registry), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gauge_goes_up_and_down()
    {
        var gauge = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()).CreateGauge("m", "h");
        gauge.Inc();
        gauge.Inc(2.5);
        gauge.Dec();
        gauge.Dec(0.25);
        Assert.Equal(2.25, gauge.Value);

        gauge.IncTo(2);
        Assert.Equal(2.25, gauge.Value);
        gauge.IncTo(7);
        gauge.DecTo(9);
        Assert.Equal(7, gauge.Value);
        gauge.DecTo(-1);
        Assert.Equal(-1, gauge.Value);
        gauge.Set(double.NaN);
        gauge.Inc();
        gauge.IncTo(2);
        Assert.Equal(2, gauge.Value);
    }

    [Fact]
    public void A_counter_only_grows()
    {
        var counter = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()).CreateCounter("m", "h");
        counter.Inc();
        counter.Inc(0.5);
        counter.Inc(-0.0);
        counter.IncTo(1);
        Assert.Equal(1.5, counter.Value);
        counter.IncTo(4);
        Assert.Equal(4, counter.Value);
    }

    [Fact]
    public async Task The_default_registry_has_what_the_static_methods_make_and_nothing_else()
    {
        Metrics.SuppressDefaultMetrics();
        Metrics.CreateGauge("default_gauge", "h", "a").WithLabels("x").Set(1);
        Metrics.CreateCounter("default_counter", "h").Inc();
        Metrics.WithLabels(new Dictionary<string, string> { ["l"] = "v" }).CreateGauge("default_gauge", "h").Set(2);

        Assert.Equal(
            "# HELP default_gauge h\n# TYPE default_gauge gauge\ndefault_gauge{a=\"x\"} 1\ndefault_gauge{l=\"v\"} 2\n"
            + "# HELP default_counter h\n# TYPE default_counter counter\ndefault_counter 1\n",
            await Exported.TextOf(Metrics.DefaultRegistry));
    }
}
