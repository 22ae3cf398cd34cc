using System.Globalization;
using Prometheus;

namespace BackupMetricsJob.Tests.PrometheusRoom;

public class ExpositionText
{
    [Fact]
    public async Task Families_come_in_the_order_of_their_making_and_series_in_theirs()
    {
        var text = await Exported.TextOf(metrics =>
        {
            var age = metrics.CreateGauge("backup_age_seconds", "Age of the backup.", "instance", "type");
            metrics.CreateCounter("runs_total", "Runs.").Inc(3);
            age.WithLabels("orders", "full").Set(86400.5);
            age.WithLabels("billing", "diff").Set(0);
            metrics.CreateGauge("empty", "Nothing has this.", "instance");
        });

        Assert.Equal(
            """
            # HELP backup_age_seconds Age of the backup.
            # TYPE backup_age_seconds gauge
            backup_age_seconds{instance="orders",type="full"} 86400.5
            backup_age_seconds{instance="billing",type="diff"} 0
            # HELP runs_total Runs.
            # TYPE runs_total counter
            runs_total 3
            # HELP empty Nothing has this.
            # TYPE empty gauge

            """,
            text);
    }

    [Fact]
    public async Task A_name_with_two_sets_of_labels_is_one_family_with_the_first_help()
    {
        var text = await Exported.TextOf(metrics =>
        {
            metrics.CreateGauge("m", "first", "a").WithLabels("1").Set(1);
            metrics.CreateGauge("between", "b").Set(2);
            metrics.CreateGauge("m", "second", "b").WithLabels("2").Set(3);
        });

        Assert.Equal(
            "# HELP m first\n# TYPE m gauge\nm{a=\"1\"} 1\nm{b=\"2\"} 3\n# HELP between b\n# TYPE between gauge\nbetween 2\n", text);
    }

    [Fact]
    public async Task A_registry_without_metrics_is_an_empty_text() => Assert.Equal("", await Exported.TextOf(_ => { }));

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(0.1, "0.1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(1700000000.123, "1700000000.123")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1e16, "10000000000000000")]
    [InlineData(123456789012345680, "1.2345678901234568e+17")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(-double.MaxValue, "-1.7976931348623157e+308")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public async Task A_number_is_written_as_Go_reads_it(double value, string expected)
    {
        var text = await Exported.TextOf(metrics => metrics.CreateGauge("m", "h").Set(value));

        Assert.EndsWith($"\nm {expected}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_culture_of_the_thread_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "minus";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Contains("\nm -1.5\n", await Exported.TextOf(metrics => metrics.CreateGauge("m", "h").Set(-1.5)), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Help_has_backslash_and_line_feed_escaped_and_the_quote_as_it_is()
    {
        var text = await Exported.TextOf(metrics => metrics.CreateGauge("m", "C:\\temp\nfake 5 \"é\"", "a"));

        Assert.Equal("# HELP m C:\\\\temp\\nfake 5 \"é\"\n# TYPE m gauge\n", text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t ")]
    public async Task Help_that_says_nothing_leaves_the_space_alone(string? help)
    {
        var text = await Exported.TextOf(metrics => metrics.CreateGauge("m", help!, "a"));

        Assert.Equal("# HELP m \n# TYPE m gauge\n", text);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\nb", "a\\nb")]
    [InlineData("\\\"\n", "\\\\\\\"\\n")]
    [InlineData("a\r\tb", "a\r\tb")]
    [InlineData("é€😀", "é€😀")]
    [InlineData("{x=\"y\"} 5", "{x=\\\"y\\\"} 5")]
    public async Task A_label_value_has_backslash_quote_and_line_feed_escaped(string value, string expected)
    {
        var text = await Exported.TextOf(metrics => metrics.CreateGauge("m", "h", "a", "b").WithLabels(value, "1").Set(1));

        Assert.EndsWith($"\nm{{a=\"{expected}\",b=\"1\"}} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_of_a_surrogate_pair_is_replaced()
    {
        var text = await Exported.TextOf(metrics => metrics.CreateGauge("m", "\uDC00", "a").WithLabels("x\uD800y").Set(1));

        Assert.Equal("# HELP m \uFFFD\n# TYPE m gauge\nm{a=\"x\uFFFDy\"} 1\n", text);
    }

    [Fact]
    public async Task There_is_no_byte_order_mark()
    {
        using var stream = new MemoryStream();
        var registry = Metrics.NewCustomRegistry();
        Metrics.WithCustomRegistry(registry).CreateGauge("m", "h");
        await registry.CollectAndExportAsTextAsync(stream, ExpositionFormat.PrometheusText);

        Assert.Equal((byte)'#', stream.ToArray()[0]);
    }

    [Fact]
    public async Task A_big_registry_is_written_in_small_pieces_and_a_value_longer_than_the_buffer_is_whole()
    {
        var registry = Metrics.NewCustomRegistry();
        var metrics = Metrics.WithCustomRegistry(registry);
        var gauge = metrics.CreateGauge("m", "h", "a");
        for (var i = 0; i < 20_000; i++)
            gauge.WithLabels(i.ToString(CultureInfo.InvariantCulture)).Set(i);

        using var pieces = new PieceStream();
        await registry.CollectAndExportAsTextAsync(pieces);
        Assert.InRange(pieces.Largest, 1, 20 * 1024);

        var line = new string('\n', 100_000);
        metrics.CreateGauge("long", "h", "a").WithLabels(line).Set(1);
        var text = await Exported.TextOf(registry);
        Assert.EndsWith($"\nm{{a=\"19999\"}} 19999\n# HELP long h\n# TYPE long gauge\nlong{{a=\"{new string('x', 100_000).Replace("x", "\\n", StringComparison.Ordinal)}\"}} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_finds_nothing_to_say_against_it()
    {
        var text = await Exported.TextOf(metrics =>
        {
            var gauge = metrics.CreateGauge("backup_age_seconds", "Age in \\ and\nanother line.", "instance", "type");
            gauge.WithLabels("a\\b\"c\nd", "é€😀").Set(double.PositiveInfinity);
            gauge.WithLabels("e", "").Set(double.NaN);
            gauge.WithLabels("f", "x").Set(-1.7976931348623157e+308);
            metrics.CreateCounter("backup_runs_total", "Runs.").Inc(1e17);
        });

        Assert.Equal((0, ""), await Promtool.CheckMetrics(text));
        Assert.NotEqual(0, (await Promtool.CheckMetrics(text + "broken{ 1\n")).ExitCode);
    }

    [Fact]
    public async Task The_other_format_is_refused_by_name()
    {
        var problem = await Assert.ThrowsAsync<NotSupportedException>(
            () => Metrics.NewCustomRegistry().CollectAndExportAsTextAsync(Stream.Null, ExpositionFormat.OpenMetricsText));

        Assert.Contains("OpenMetricsText", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_export_writes_nothing()
    {
        var registry = Metrics.NewCustomRegistry();
        Metrics.WithCustomRegistry(registry).CreateGauge("m", "h");
        using var stream = new MemoryStream();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => registry.CollectAndExportAsTextAsync(stream, new CancellationToken(true)));
        Assert.Equal(0, stream.Length);
    }

    sealed class PieceStream : MemoryStream
    {
        public int Largest { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Largest = Math.Max(Largest, buffer.Length);
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
