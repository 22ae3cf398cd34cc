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
    [InlineData("backup-fleet", "postgres_recovery_replay_bytes", "postgres_recovery_replay_byte", "\"All targets, worst first\", F: ")]
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
    [InlineData("orders", 0)]
    [InlineData("invoices", 1)]
    [InlineData("shop", 2)]
    [InlineData("billing", 3)]
    [InlineData("fresh", 4)]
    [InlineData("stock", 5)]
    public async Task The_state_of_a_target_is_the_worst_that_is_true_of_it(string instance, double state)
    {
        var query = Dashboards
            .Queries(
                await File.ReadAllTextAsync(Dashboards.Files.Single(file => file.EndsWith("backup-target.json", StringComparison.Ordinal)))
            )
            .Single(query => query.Panel == "State");

        var sample = Assert.Single(await fleet.Prometheus.QueryAsync(Dashboards.Filled(query.Expression, instance)));

        Assert.Equal(state, sample.Value);
    }

    [Fact]
    public async Task The_numbers_at_the_top_are_those_of_the_fleet()
    {
        var queries = Dashboards.Queries(
            await File.ReadAllTextAsync(Dashboards.Files.Single(file => file.EndsWith("backup-fleet.json", StringComparison.Ordinal)))
        );
        var shown = new List<(string, double)>();
        foreach (var query in queries.Take(6))
            shown.Add((query.Panel, Assert.Single(await fleet.Prometheus.QueryAsync(Dashboards.Filled(query.Expression, ""))).Value));

        Assert.Equal([("Targets", 6), ("OK", 1), ("Late", 2), ("No backup", 1), ("WAL not archived", 1), ("Not reachable", 1)], shown);
    }
}
