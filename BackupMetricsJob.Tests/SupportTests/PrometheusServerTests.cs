using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.SupportTests;

public class PrometheusServerTests
{
    [Fact]
    public async Task It_scrapes_evaluates_rules_and_answers_queries()
    {
        await using var server = await PrometheusServer.StartAsync(
            """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [test.rules.yml]
            """,
            (
                "test.rules.yml",
                """
                groups:
                - name: test
                  rules:
                  - {record: answer, expr: vector(42), labels: {of: test}}
                """
            )
        );

        var sample = Assert.Single(await server.WaitForAsync("answer"));

        Assert.Equal(42, sample.Value);
        Assert.Equal("test", sample.Labels["of"]);
        Assert.Empty(await server.QueryAsync("no_such_series"));
        Assert.Contains(
            "parse error",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => server.QueryAsync("{"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_configuration_that_it_refuses_is_a_failure_with_its_words()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => PrometheusServer.StartAsync("scrape_configs: nonsense"));

        Assert.Contains("cannot unmarshal", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_finds_nothing_wrong_with_a_good_text_and_names_what_is_wrong_with_a_bad_one()
    {
        var good = await Promtool.CheckMetricsAsync("# HELP age_seconds How old.\n# TYPE age_seconds gauge\nage_seconds 1\n");
        var bad = await Promtool.CheckMetricsAsync("age_seconds 1\n");

        Assert.Equal(0, good.ExitCode);
        Assert.Empty(good.Lines);
        Assert.Equal(3, bad.ExitCode);
        Assert.Equal(["age_seconds no help text"], bad.Lines);
    }
}
