using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>Two places that speak of the same instance.</summary>
public sealed class FactsMergeTests
{
    static readonly BackupFacts Old = new(SourceName.Catalog, "wal-g", BackupType.Full)
    {
        LastSuccess = Noon.AddHours(-9),
        LastSize = 1,
        Oldest = Noon.AddDays(-9),
        LastFailure = Noon.AddHours(-1),
        Counts = new(3, 1, 0),
        Running = new(Noon.AddHours(-2), null),
        BrokenChains = 1,
    };

    static readonly BackupFacts New = Old with
    {
        LastSuccess = Noon.AddHours(-3),
        LastSize = 2,
        Oldest = Noon.AddDays(-2),
        LastFailure = Noon.AddHours(-7),
        Counts = new(2, 0, 1),
        Running = new(Noon.AddHours(-1), null),
        BrokenChains = 2,
    };

    [Fact]
    public void The_newest_wins_and_counts_add_up()
    {
        foreach (var merged in (IReadOnlyList<BackupFacts>[])[FactsMerge.Merge([Old], [New]), FactsMerge.Merge([New], [Old])])
        {
            var facts = Assert.Single(merged);
            Assert.Equal(
                New with
                {
                    Oldest = Old.Oldest,
                    LastFailure = Old.LastFailure,
                    Counts = new(5, 1, 1),
                    Running = Old.Running,
                    BrokenChains = 3,
                },
                facts
            );
        }
    }

    [Fact]
    public void What_one_does_not_know_the_other_tells()
    {
        var bare = new BackupFacts(SourceName.Catalog, "wal-g", BackupType.Full);

        Assert.Equal([Old], FactsMerge.Merge([bare], [Old]));
        Assert.Equal([Old], FactsMerge.Merge([Old], [bare]));
    }

    [Fact]
    public void Another_source_tool_or_type_is_another_fact() =>
        Assert.Equal(
            4,
            FactsMerge
                .Merge([Old], [Old with { Source = SourceName.Query }, Old with { Tool = "barman" }, Old with { Type = BackupType.Incr }])
                .Count
        );
}
