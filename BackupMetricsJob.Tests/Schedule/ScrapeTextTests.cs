using BackupMetricsJob.Backups;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Running;
using BackupMetricsJob.Schedule.State;
using BackupMetricsJob.Tests.Exposition;
using BackupMetricsJob.Tests.Pushgateway;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>The series of a run, as scraped.</summary>
public sealed class ScrapeTextTests
{
    static readonly RunReport Report = new(
        [Result, FoundInstancesTests.Stock, FoundInstancesTests.Unbelieved, Failed(FailureReason.Refused, "no")],
        TimeSpan.FromSeconds(2)
    )
    {
        Facts = new(Noon, TimeSpan.FromSeconds(1), 1, TimeSpan.FromMinutes(5), new("1.2.3", "abc"), LegacyNames: true),
    };

    [Fact]
    public async Task It_is_what_a_push_carries_with_the_labels_that_the_gateway_would_add_but_for_the_job()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        var group = Group(("run", "eu \"1\"\\\n"), ("cluster", "eu1"));
        var registry = global::Prometheus.Metrics.NewCustomRegistry();
        BackupMetricsJob.Exposition.BackupMetrics.Write(Distinct.Results, Distinct.Facts!, registry);
        var pushed = await Push.SendAsync(
            registry,
            Gateways.At(gateway.Url),
            group,
            new PushBudget(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10)),
            TimeProvider.System,
            default
        );
        Assert.Equal(PushResult.Stored, pushed.Result);

        var scraped = Series(await TextAsync((await ScrapeText.OfRunAsync(Distinct, group))!));

        var behind = Series(
                (await gateway.MetricsAsync())
                    .Replace("job=\"backup_metrics\",", "", StringComparison.Ordinal)
                    .Replace(",job=\"backup_metrics\"", "", StringComparison.Ordinal)
            )
            .Where(series =>
                series.Contains("cluster=\"eu1\"", StringComparison.Ordinal) && !series.StartsWith("push_", StringComparison.Ordinal)
            );
        Assert.Equal(behind.Order(StringComparer.Ordinal), scraped.Order(StringComparer.Ordinal));
        Assert.Contains(
            scraped,
            series =>
                series.StartsWith("backup_metrics_run_success{", StringComparison.Ordinal)
                && series.Contains("instance=\"\"", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Promtool_has_nothing_against_it()
    {
        var text = await TextAsync((await ScrapeText.OfRunAsync(Distinct, Group(("cluster", "eu1"))))!);

        var (_, complaints) = await Promtool.CheckMetricsAsync(text);
        Assert.All(complaints, line => Assert.StartsWith("pghoard_last_upload_age", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Before_a_run_it_tells_which_program_this_is_and_no_more()
    {
        var text = await TextAsync(await ScrapeText.OfBuildAsync(new("1.2.3", "abc")));

        Assert.Equal(
            ["backup_metrics_build_info{version=\"1.2.3\",revision=\"abc\"} 1"],
            text.Split('\n').Where(line => line.Length > 0 && line[0] != '#')
        );
        Assert.Null(await ScrapeText.OfRunAsync(Report with { Facts = null }, Group()));
    }

    [Fact]
    public void A_node_whose_slot_is_past_shows_nothing_of_it()
    {
        var run = new LastRun(Noon, false, Noon, Noon.AddSeconds(3), Report, BackupMetricsJob.Reporting.ExitCode.Success);
        var here = new ScheduleSnapshot
        {
            Node = "a",
            ProcessStarted = Noon,
            Build = new("1", "a"),
            Last = run,
        };

        Assert.Same(run, here.NewestRun);
        Assert.Same(run, (here with { LastClusterSlot = new(Noon, "a") }).NewestRun);
        Assert.Null((here with { LastClusterSlot = new(Noon.AddMinutes(5), "b") }).NewestRun);
    }

    static RunReport Distinct { get; } =
        Report with
        {
            Results = [.. Report.Results.SkipLast(1), Report.Results[^1] with { Instance = Orders with { Name = "gone" } }],
        };

    static GroupingKey Group(params (string Name, string Value)[] labels) =>
        GroupingKey.TryCreate("backup_metrics", [.. labels.Select(label => new GroupingLabel(label.Name, label.Value))], [])!;

    static async Task<string> TextAsync(ScrapeText text)
    {
        await using var open = text.Open();
        using var reader = new StreamReader(open);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Samples with their labels sorted by name.</summary>
    static List<string> Series(string text)
    {
        var series = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (!line.Contains('{', StringComparison.Ordinal))
                continue; // The gateway's own.
            var (open, close) = (line.IndexOf('{', StringComparison.Ordinal), line.LastIndexOf('}'));
            var labels = System
                .Text.RegularExpressions.Regex.Matches(line[(open + 1)..close], "[a-z_]+=\"(?:[^\"\\\\]|\\\\.)*\"")
                .Select(match => match.Value)
                .Order(StringComparer.Ordinal);
            series.Add(
                $"{line[..open]}{{{string.Join(',', labels)}}} "
                    + $"{double.Parse(line[(close + 1)..], System.Globalization.CultureInfo.InvariantCulture):R}"
            );
        }

        return series;
    }
}
