using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Running;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Running;

/// <summary>Facts go to the instance that they are about.</summary>
public sealed class InstanceResultsTests
{
    static readonly BackupFacts Full = new(SourceName.Catalog, "wal-g", BackupType.Full)
    {
        LastSuccess = Noon.AddHours(-1),
        Counts = new(1, 0, 0),
    };
    static readonly Instance Catalogue = new("catalogue", [new("env", "prod")], AgeLimit.Defaults, [SourceName.Catalog]);

    static readonly ProbeResult Asked = new(Catalogue)
    {
        At = Noon,
        Duration = TimeSpan.FromSeconds(1),
        SourcesThatAnswered = [SourceName.Catalog],
        Found = [Facts("a", Full), Facts("orders", Full)],
        IsMonitored = false,
    };

    [Fact]
    public void A_server_of_a_catalogue_has_the_labels_and_limits_of_the_database_it_was_found_in()
    {
        var found = Of([Asked], "a");

        Assert.False(found.IsTarget);
        Assert.Equal(("a", Catalogue.Labels, Catalogue.Limits), (found.Instance.Name, found.Instance.Labels, found.Instance.Limits));
        Assert.Equal([SourceName.Catalog], found.Instance.Sources);
        Assert.Equal([SourceName.Catalog], found.SourcesThatAnswered);
        Assert.Equal([Full], found.Backups);
    }

    [Fact]
    public void One_that_is_a_target_keeps_its_own()
    {
        var found = Of([Asked, Result with { Instance = Orders }], "orders");

        Assert.True(found.IsTarget);
        Assert.Equal((Orders.Labels, Orders.Limits), (found.Instance.Labels, found.Instance.Limits));
        Assert.Equal([SourceName.Server, SourceName.Catalog], found.Instance.Sources);
        Assert.Equal([SourceName.Server, SourceName.Catalog], found.SourcesThatAnswered);
        Assert.Equal([Backup, Full], found.Backups);
    }

    [Fact]
    public void A_database_that_only_holds_the_catalogue_has_no_limits_but_one_that_is_in_it_has()
    {
        Assert.Empty(Of([Asked], "catalogue").Instance.Limits);
        Assert.Equal(AgeLimit.Defaults, Of([Asked with { Found = [Facts("catalogue", Full)] }], "catalogue").Instance.Limits);
        Assert.Equal(AgeLimit.Defaults, Of([Asked], "catalogue", "catalogue").Instance.Limits);
    }

    [Fact]
    public void What_two_catalogues_say_of_a_server_is_one()
    {
        var results = InstanceResults.Collect(
            [Asked, Asked with { Instance = Catalogue with { Name = "second" } }],
            Targets("*", "catalogue", "second"),
            []
        );

        Assert.Equal(["catalogue", "second", "a", "orders"], results.Select(result => result.Instance.Name));
        Assert.Equal(new(2, 0, 0), Assert.Single(results[2].Backups).Counts);
    }

    [Fact]
    public void A_source_that_is_not_believed_of_one_server_failed_for_that_one()
    {
        var failure = new ProbeFailure(FailureReason.BadData, "the import failed");
        var facts = Facts("a", Full);
        facts.Failure = failure;

        var found = Of([Asked with { Found = [facts] }], "a");

        Assert.Equal([new(SourceName.Catalog, failure)], found.SourceFailures);
        Assert.Empty(found.SourcesThatAnswered);
        Assert.Null(found.Failure);
        Assert.Equal([Full], found.Backups);
    }

    [Fact]
    public void Servers_listed_by_name_are_there_when_the_catalogue_is_down_and_when_it_does_not_know_them()
    {
        var failure = new ProbeFailure(FailureReason.Refused, "words");
        var down = Of([Asked with { Failure = failure, Found = [], SourcesThatAnswered = [] }], "b", "b");
        Assert.Equal(AgeLimit.Defaults, down.Instance.Limits);
        Assert.Equal([new(SourceName.Catalog, failure)], down.SourceFailures);

        var unknown = Of([Asked], "b", "b");
        Assert.Equal(AgeLimit.Defaults, unknown.Instance.Limits);
        Assert.Equal([SourceName.Catalog], unknown.SourcesThatAnswered);
        Assert.Empty(unknown.SourceFailures);

        Assert.Equal([Full], Of([Asked], "a", "a").Backups);
    }

    [Fact]
    public void One_that_is_a_target_of_another_run_has_its_own_labels_and_no_limits_here()
    {
        var found = Of([Asked], "orders", "*", Orders);

        Assert.False(found.IsTarget);
        Assert.Equal(Orders.Labels, found.Instance.Labels);
        Assert.Empty(found.Instance.Limits);
        Assert.Equal([SourceName.Catalog], found.Instance.Sources);
        Assert.Equal([Full], found.Backups);
        Assert.Equal(Catalogue.Labels, Of([Asked], "a", "*", Orders).Instance.Labels);
        Assert.Empty(Of([Asked], "stock", "stock", Orders with { Name = "stock" }).Instance.Limits);
    }

    static InstanceFacts Facts(string name, BackupFacts backup)
    {
        var facts = new InstanceFacts(SourceName.Catalog, name);
        facts.Backups.Add(backup);
        return facts;
    }

    static ProbeResult Of(ProbeResult[] probed, string name, string servers = "*", params Instance[] elsewhere) =>
        InstanceResults
            .Collect(probed, [.. probed.Select(result => Target(result.Instance, servers))], elsewhere)
            .Single(result => result.Instance.Name == name);

    static List<MonitoredTarget> Targets(string servers, params string[] names) =>
        [.. names.Select(name => Target(Catalogue with { Name = name }, servers))];

    static MonitoredTarget Target(Instance instance, string servers)
    {
        Assert.True(
            ConnectionText.TryParse(
                "postgresql://u@h/d",
                new LibpqEnvironment(new Dictionary<string, string>(), "u"),
                [],
                out var connection
            )
        );
        return new(new Target(instance.Name, connection, TimeSpan.FromSeconds(1)), instance, new(new([servers]), null));
    }
}
