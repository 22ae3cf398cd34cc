using Prometheus;

namespace BackupMetricsJob.Tests.PrometheusRoom;

public class LabelLayers
{
    [Fact]
    public async Task A_series_has_its_own_labels_then_the_factorys_innermost_first_then_the_registrys()
    {
        var registry = Metrics.NewCustomRegistry();
        registry.SetStaticLabels(new Dictionary<string, string> { ["z"] = "reg\"istry", ["y"] = "2" });
        var outer = Metrics.WithCustomRegistry(registry).WithLabels(new Dictionary<string, string> { ["team"] = "pay", ["env"] = "prod" });
        outer.WithLabels(new Dictionary<string, string> { ["cluster"] = "eu1" }).CreateGauge("m", "h", ["b", "a"]).WithLabels("1", "2").Set(3);

        var text = await Exported.TextOf(registry);

        Assert.EndsWith(
            "\nm{b=\"1\",a=\"2\",cluster=\"eu1\",team=\"pay\",env=\"prod\",z=\"reg\\\"istry\",y=\"2\"} 3\n", text, StringComparison.Ordinal);
        Assert.Equal([KeyValuePair.Create("z", "reg\"istry"), KeyValuePair.Create("y", "2")], registry.StaticLabels);
    }

    [Fact]
    public async Task Static_labels_are_on_a_metric_without_labels_of_its_own()
    {
        var registry = Metrics.NewCustomRegistry();
        registry.SetStaticLabels(new Dictionary<string, string> { ["env"] = "prod" });
        Metrics.WithCustomRegistry(registry).CreateCounter("m", "h").Inc();

        Assert.EndsWith("\nm{env=\"prod\"} 1\n", await Exported.TextOf(registry), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_name_and_labels_give_the_same_metric_with_the_first_help()
    {
        var registry = Metrics.NewCustomRegistry();
        var first = Metrics.WithCustomRegistry(registry).CreateGauge("m", "first", "a", "b");

        Assert.Same(first, Metrics.WithCustomRegistry(registry).CreateGauge("m", "second", ["a", "b"]));
        Assert.Same(first, Metrics.WithCustomRegistry(registry).CreateGauge("m", "third", new GaugeConfiguration { LabelNames = ["a", "b"] }));
        Assert.Equal("first", first.Help);
        Assert.NotSame(first, Metrics.WithCustomRegistry(registry).CreateGauge("m", "first", "b", "a"));
        Assert.Equal(["a", "b"], first.LabelNames);
    }

    [Fact]
    public void Factory_labels_of_another_value_give_another_metric_of_the_family()
    {
        var metrics = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry());
        Gauge Of(string name, string value) =>
            metrics.WithLabels(new Dictionary<string, string> { [name] = value }).CreateGauge("m", "h");

        Assert.Same(Of("a", "1"), Of("a", "1"));
        Assert.NotSame(Of("a", "1"), Of("a", "2"));
        Assert.NotSame(Of("a", "1"), Of("b", "1"));
        Assert.Same(metrics, metrics.WithLabels(new Dictionary<string, string>()));
    }

    [Fact]
    public void Values_find_their_series_however_they_are_given()
    {
        var gauge = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()).CreateGauge("m", "h", "a", "b");
        string[] values = ["1", "2"];
        var child = gauge.WithLabels(values);
        values[0] = "changed afterwards";

        Assert.Same(child, gauge.WithLabels("1", "2"));
        Assert.Same(child, gauge.Labels("1", "2"));
        Assert.Same(child, gauge.WithLabels(new[] { "1", "2" }.AsMemory()));
        Assert.Same(child, gauge.WithLabels(new[] { "1", "2" }.AsSpan()));
        Assert.NotSame(child, gauge.WithLabels("2", "1"));
    }

    [Fact]
    public void All_label_values_are_those_of_labelled_series()
    {
        var gauge = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()).CreateGauge("m", "h", "a");
        gauge.Set(1);
        gauge.WithLabels("x").Set(2);
        gauge.WithLabels("").Set(3);

        Assert.Equal([["x"], [""]], gauge.GetAllLabelValues());
    }

    [Fact]
    public async Task A_removed_series_is_gone_whatever_is_set_on_it()
    {
        var text = await Exported.TextOf(metrics =>
        {
            var gauge = metrics.CreateGauge("m", "h", "a");
            var gone = gauge.WithLabels("gone");
            gauge.WithLabels("gone too").Set(1);
            using (var scoped = gauge.WithLabels("scoped"))
                scoped.Set(2);

            gauge.WithLabels("stays").Set(3);
            gone.Remove();
            gone.Set(4);
            gauge.RemoveLabelled("gone too");
            gauge.RemoveLabelled("never there");
        });

        Assert.Equal("# HELP m h\n# TYPE m gauge\nm{a=\"stays\"} 3\n", text);
    }
}
