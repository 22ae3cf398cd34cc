using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// Each query of each panel has an answer from a Prometheus that the real job has filled; a query that is wrong is found.
/// </summary>
public sealed class DashboardTests(WatchedFleet fleet) : IClassFixture<WatchedFleet>
{
    [Fact]
    public async Task Each_query_of_each_panel_has_an_answer()
    {
        var queries = Dashboards.Files.SelectMany(file => Dashboards.Queries(File.ReadAllText(file))).ToList();
        Assert.InRange(queries.Count, 60, 200);

        Assert.Equal("", string.Join('\n', await Dashboards.WithoutAnswerAsync(fleet.Prometheus, queries, TimeSpan.FromSeconds(40))));
    }

    [Theory]
    [InlineData("backup-fleet", "postgres_backup_wal_missing", "postgres_backup_wal_missin", "\"Backups that cannot be trusted\", D: ")]
    [InlineData("backup-target", "postgres_backup_last_stored_bytes", "postgres_backup_stored_bytes", "\"Size of the newest backup\", B: ")]
    [InlineData("backup-target", "[1h]", "1h]", "parse error")]
    [InlineData("backup-job", "handler=\\\"push\\\"", "handler=\\\"pushes\\\"", "\"Responses to pushes\", A: ")]
    [InlineData("backup-fleet", "ignoring (severity) group_right ()", "ignoring (severity)", "duplicate series for the match group")]
    public async Task A_query_that_is_wrong_is_found(string dashboard, string good, string bad, string told)
    {
        var text = await File.ReadAllTextAsync(
            Dashboards.Files.Single(file => file.EndsWith(dashboard + ".json", StringComparison.Ordinal))
        );
        Assert.Contains(good, text, StringComparison.Ordinal);
        var changed = Dashboards.Queries(text.Replace(good, bad, StringComparison.Ordinal)).Except(Dashboards.Queries(text)).ToList();

        var wrong = await Dashboards.WithoutAnswerAsync(fleet.Prometheus, changed, TimeSpan.FromSeconds(1));

        Assert.Contains(told, string.Join('\n', wrong), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders", 0, "")]
    [InlineData("invoices", 1, "LastBackup|RestoreTestTooOld")]
    [InlineData("stock", 2, "BackupTargetDown")]
    [InlineData("billing", 3, "LastBackup")]
    [InlineData("fresh", 3, "BackupNeverMade|WalArchiverFailing")]
    [InlineData("ledger", 3, "BackupHasErrors|WalArchiveHole|RestoreShortfall")]
    [InlineData("shop", 3, "WalArchiverFailing|LastWalArchive")]
    public async Task The_verdict_on_a_database_is_that_of_the_alerts(string instance, double rank, string reasons)
    {
        var verdict = Assert.Single(await AnswerAsync("Verdict", instance));
        Assert.Equal(rank, verdict.Value);
        var all = await fleet.Prometheus.QueryAsync(Filled("backup-fleet", "All databases, worst first", ""));
        Assert.Equal(rank, Assert.Single(all, sample => sample.Labels["instance"] == instance).Value);

        Assert.Contains(verdict.Labels.GetValueOrDefault("reason", ""), reasons.Split('|'));
        Assert.Equal(rank > 0, (await AnswerAsync("Because of", instance)).Count == 1);
    }

    [Fact]
    public async Task The_numbers_at_the_top_are_those_of_the_fleet()
    {
        var shown = new List<(string, double)>();
        foreach (var panel in (string[])["Critical", "Unknown", "Warning", "OK", "Databases"])
            shown.Add((panel, Assert.Single(await fleet.Prometheus.QueryAsync(Filled("backup-fleet", panel, ""))).Value));

        Assert.Equal([("Critical", 4), ("Unknown", 1), ("Warning", 1), ("OK", 1), ("Databases", 7)], shown);
    }

    [Fact]
    public async Task Nobody_is_well_beside_a_critical_alert_that_fires()
    {
        var firing = await fleet.Prometheus.QueryAsync(
            "group by (instance) (ALERTS{alertstate=\"firing\", severity=\"critical\", instance!=\"\"})"
        );
        var well = await fleet.Prometheus.QueryAsync($"({Filled("backup-fleet", "All databases, worst first", "")}) == 0");

        Assert.Equal("orders", Assert.Single(well).Labels["instance"]);
        Assert.DoesNotContain("orders", firing.Select(sample => sample.Labels["instance"]));
    }

    Task<IReadOnlyList<PrometheusSample>> AnswerAsync(string panel, string instance) =>
        fleet.Prometheus.QueryAsync(Filled("backup-target", panel, instance));

    static string Filled(string dashboard, string panel, string instance) =>
        Dashboards.Filled(Dashboards.Expression(dashboard, panel), instance);
}
