using Prometheus;

namespace BackupMetricsJob.Tests.PrometheusRoom;

/// <summary>The exceptions are those of the package: what is thrown here is thrown there.</summary>
public class Misuse
{
    readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    readonly MetricFactory _metrics;

    public Misuse() => _metrics = Metrics.WithCustomRegistry(_registry);

    public static TheoryData<string> NotNames => new("", "9a", "a-b", "a b", "a:b", "é", "a\n", "a\0");

    [Theory]
    [MemberData(nameof(NotNames))]
    public void A_name_that_breaks_the_grammar_is_refused_with_its_name(string name)
    {
        var problem = Assert.Throws<ArgumentException>(() => _metrics.CreateGauge(name, "h"));
        Assert.Contains($"'{name}'", problem.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _metrics.CreateCounter(name, "h"));
    }

    [Theory]
    [MemberData(nameof(NotNames))]
    [InlineData("__name__")]
    [InlineData("__")]
    public void A_label_name_that_breaks_the_grammar_or_is_reserved_is_refused_in_every_layer(string name)
    {
        var labels = new Dictionary<string, string> { [name] = "v" };

        Assert.Throws<ArgumentException>(() => _metrics.CreateGauge("m", "h", [name]));
        Assert.Throws<ArgumentException>(() => _metrics.WithLabels(labels).CreateGauge("m", "h"));
        Assert.Throws<ArgumentException>(() => _registry.SetStaticLabels(labels));
    }

    [Fact]
    public void The_grammar_lets_these_through()
    {
        Assert.Equal("__x", _metrics.CreateGauge("__x", "h").Name);
        Assert.Equal(["_a9", "A_Z"], _metrics.CreateGauge("_9aZ", "h", "_a9", "A_Z").LabelNames);
    }

    [Fact]
    public void A_label_twice_is_refused_within_a_layer_and_across_them()
    {
        _registry.SetStaticLabels(new Dictionary<string, string> { ["env"] = "prod" });

        Assert.Throws<InvalidOperationException>(() => _metrics.CreateGauge("m", "h", "a", "a"));
        Assert.Throws<InvalidOperationException>(() => _metrics.CreateGauge("m", "h", "env"));
        Assert.Throws<InvalidOperationException>(
            () => _metrics.WithLabels(new Dictionary<string, string> { ["a"] = "1" }).CreateGauge("m", "h", ["a"]));
    }

    [Fact]
    public void A_metric_that_was_refused_leaves_nothing_behind()
    {
        Assert.Throws<ArgumentException>(() => _metrics.CreateGauge("m", "h", "__reserved"));

        Assert.Equal("m", _metrics.CreateCounter("m", "h").Name);
    }

    [Fact]
    public void A_name_of_another_type_is_refused()
    {
        _metrics.CreateGauge("m", "h");

        Assert.Throws<InvalidOperationException>(() => _metrics.CreateCounter("m", "h"));
        Assert.Throws<InvalidOperationException>(() => _metrics.CreateCounter("m", "h", "a"));
    }

    [Fact]
    public void A_wrong_number_of_label_values_is_refused()
    {
        var gauge = _metrics.CreateGauge("m", "h", "a", "b");

        Assert.Throws<ArgumentException>(() => gauge.WithLabels());
        Assert.Throws<ArgumentException>(() => gauge.WithLabels("1"));
        Assert.Throws<ArgumentException>(() => gauge.WithLabels("1", "2", "3"));
        Assert.Throws<ArgumentException>(() => gauge.WithLabels(new[] { "1" }.AsMemory()));
        Assert.Throws<ArgumentException>(() => gauge.WithLabels(new[] { "1" }.AsSpan()));
        Assert.Throws<ArgumentException>(() => gauge.RemoveLabelled("1"));
        Assert.Throws<ArgumentException>(() => _metrics.CreateGauge("n", "h").WithLabels("1"));
    }

    [Fact]
    public void A_null_among_label_names_or_values_is_refused()
    {
        var gauge = _metrics.CreateGauge("m", "h", "a");

        Assert.Throws<NotSupportedException>(() => gauge.WithLabels([null!]));
        Assert.Throws<NotSupportedException>(() => gauge.RemoveLabelled([null!]));
        Assert.Throws<NotSupportedException>(() => _metrics.CreateGauge("n", "h", [null!]));
        Assert.Throws<NotSupportedException>(() => _metrics.WithLabels(new Dictionary<string, string> { ["a"] = null! }));
        Assert.Throws<ArgumentException>(() => Metrics.NewCustomRegistry().SetStaticLabels(new Dictionary<string, string> { ["a"] = null! }));
    }

    [Fact]
    public async Task Null_where_something_is_needed_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => Metrics.WithCustomRegistry(null!));
        Assert.Throws<ArgumentNullException>(() => _metrics.CreateGauge(null!, "h"));
        Assert.Throws<ArgumentNullException>(() => _metrics.CreateGauge("m", "h", "a").WithLabels((string[])null!));
        Assert.Throws<ArgumentNullException>(() => _registry.SetStaticLabels(null!));
        Assert.Throws<ArgumentNullException>(() => _registry.AddBeforeCollectCallback((Action)null!));
        Assert.Throws<ArgumentNullException>(() => _registry.AddBeforeCollectCallback((Func<CancellationToken, Task>)null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => _registry.CollectAndExportAsTextAsync(null!));
    }

    [Fact]
    public void A_counter_refuses_to_shrink_and_keeps_its_value()
    {
        var counter = _metrics.CreateCounter("m", "h");
        counter.Inc(2);

        Assert.Throws<ArgumentOutOfRangeException>(() => counter.Inc(-0.5));
        Assert.Equal(2, counter.Value);
    }

    [Fact]
    public void Static_labels_are_set_once_and_before_the_first_metric()
    {
        var labels = new Dictionary<string, string> { ["env"] = "prod" };
        _registry.SetStaticLabels(new Dictionary<string, string>());
        _registry.SetStaticLabels(labels);
        Assert.Throws<InvalidOperationException>(() => _registry.SetStaticLabels(labels));

        var other = Metrics.NewCustomRegistry();
        Metrics.WithCustomRegistry(other).CreateGauge("m", "h");
        Assert.Throws<InvalidOperationException>(() => other.SetStaticLabels(labels));
    }

    [Fact]
    public async Task Static_labels_are_set_before_the_first_export()
    {
        await Exported.TextOf(_registry);

        Assert.Throws<InvalidOperationException>(() => _registry.SetStaticLabels(new Dictionary<string, string> { ["env"] = "prod" }));
    }
}
