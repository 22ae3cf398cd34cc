using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>What the dashboards make of verdicts, as promtool evaluates their queries: hand-made series, no rule and no server.</summary>
public sealed class DashboardVerdictTests
{
    const string Series = """
        - {series: 'postgres_backup_verdict{job="backup_metrics",run="a",instance="localhost",reason="LastBackup"}', values: '2x5'}
        - {series: 'postgres_backup_verdict{job="backup_metrics",run="b",instance="localhost",reason=""}', values: '0x5'}
        - {series: 'postgres_backup_verdict{job="backup_metrics",instance="dead",reason="BackupMetricsStale"}', values: '3x5'}
        - {series: 'postgres_backup_verdict{job="backup_metrics",instance="late",reason="LastBackup"}', values: '1x5'}
        - {series: 'postgres_backup_verdict{job="backup_metrics",instance="standby",reason=""}', values: '4x5'}
        - {series: 'postgres_backup_source_success{job="backup_metrics",run="a",instance="localhost",source="server"}', values: '1x5'}
        - {series: 'postgres_backup_source_success{job="backup_metrics",run="b",instance="localhost",source="server"}', values: '1x5'}
        - {series: 'postgres_backup_source_success{job="backup_metrics",instance="new",source="server"}', values: '1x5'}
        - {series: 'postgres_backup_source_success{job="backup_metrics",instance="late",source="server"}', values: '1x5'}
        - {series: 'postgres_recovery_point_age_seconds{job="backup_metrics",run="a",instance="localhost"}', values: '7x5'}
        - {series: 'postgres_recovery_point_age_seconds{job="backup_metrics",run="b",instance="localhost"}', values: '8x5'}
        - {series: 'postgres_recovery_point_age_seconds{job="backup_metrics",instance="dead"}', values: '9x5'}
        - {series: 'postgres_recovery_point_evidence{job="backup_metrics",run="a",instance="localhost",evidence="server"}', values: '1x5'}
        - {series: 'postgres_recovery_point_evidence{job="backup_metrics",instance="dead",evidence="archive"}', values: '1x5'}
        - {series: 'postgres_restore_test_timestamp_seconds{job="backup_metrics",drill="x",tool="barman",instance="localhost"}', values: '5x5'}
        - {series: 'postgres_restore_test_timestamp_seconds{job="backup_metrics",drill="x",tool="barman",instance="late"}', values: '5x5'}
        """;

    [Fact]
    public Task Two_of_one_name_are_two_rows_and_one_without_a_verdict_is_unknown() =>
        SaysAsync(
            "A",
            """
            {job="backup_metrics",run="a",instance="localhost",reason="LastBackup"} 3
            {job="backup_metrics",instance="dead",reason="BackupMetricsStale"} 2
            {job="backup_metrics",instance="new"} 2
            {job="backup_metrics",instance="late",reason="LastBackup"} 1
            {job="backup_metrics",run="b",instance="localhost"} 0
            {job="backup_metrics",instance="standby"} -1
            """
        );

    [Fact]
    public Task What_was_measured_before_a_job_died_is_not_shown() =>
        SaysAsync(
            "D",
            """
            {job="backup_metrics",run="a",instance="localhost"} 7
            {job="backup_metrics",run="b",instance="localhost"} 8
            """
        );

    [Fact]
    public Task Whose_word_it_is_stands_beside_it() =>
        SaysAsync(
            "E",
            """
            {job="backup_metrics",run="a",instance="localhost",evidence="server"} 1
            {job="backup_metrics",run="b",instance="localhost",evidence="tool"} 1
            """
        );

    [Fact]
    public Task A_drill_of_a_name_that_two_runs_have_is_nobodys() => SaysAsync("H", "{job=\"backup_metrics\",instance=\"late\"} 115");

    [Fact]
    public async Task Each_alert_of_the_rules_is_among_those_that_are_shown()
    {
        string[] files = [.. Dashboards.Files, Path.Combine(DeployFiles.Prometheus, "consoles", "backup.html")];
        foreach (var file in files)
        {
            var patterns = Regex.Matches(await File.ReadAllTextAsync(file), "ALERTS\\{alertname=~\\\\?\"(.+?)\\\\?\"");
            Assert.NotEmpty(patterns);
            Assert.All(
                patterns,
                pattern => Assert.All(DeployFiles.Alerts, alert => Assert.Matches($"^(?:{pattern.Groups[1].Value})$", alert))
            );
        }
    }

    static async Task SaysAsync(string column, string expected)
    {
        var query = Dashboards.Filled(Dashboards.Expression("backup-fleet", "All databases, worst first", column), "");
        var samples = expected
            .Split('\n')
            .Select(line => $"    - {{labels: '{line[..line.LastIndexOf(' ')]}', value: {line[(line.LastIndexOf(' ') + 1)..]}}}");
        using var folder = new TempFolder();
        var file = folder.Write(
            "verdicts.yml",
            $"""
            tests:
            - interval: 1m
              input_series:
            {string.Join('\n', Series.Split('\n').Select(line => "  " + line))}
              promql_expr_test:
              - expr: |
            {string.Join('\n', query.Split('\n').Select(line => "      " + line))}
                eval_time: 2m
                exp_samples:
            {string.Join('\n', samples)}

            """
        );

        var result = await ChildProcess.RunAsync(Promtool.Program, ["test", "rules", file]);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }
}
