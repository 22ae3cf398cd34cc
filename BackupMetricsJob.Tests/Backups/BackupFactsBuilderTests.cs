using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>Backups one by one into what is known per tool and type, in whatever order they come.</summary>
public sealed class BackupFactsBuilderTests
{
    static readonly ReportedBackup Full = new("pgbackrest", BackupType.Full, BackupState.Done) { HasErrors = false };

    [Fact]
    public void The_newest_good_one_counts_whatever_the_order()
    {
        ReportedBackup[] backups =
        [
            Full with
            {
                Id = "a",
                Started = Noon.AddHours(-49),
                Finished = Noon.AddHours(-48),
                Size = 90,
            },
            Full with
            {
                Id = "b",
                Started = Noon.AddHours(-26),
                Finished = Noon.AddHours(-24),
                Size = 100,
            },
            Full with
            {
                Id = "c",
                Started = Noon.AddHours(-3),
                Finished = Noon.AddHours(-2),
                Size = 40,
                Stored = 7,
                HasErrors = true,
                StartLsn = 5,
            },
            Full with
            {
                Id = "d",
                Finished = Noon.AddHours(-72),
                Size = 110,
            },
            new("pgbackrest", BackupType.Full, BackupState.Failed) { Finished = Noon.AddHours(-1) },
            new("pgbackrest", BackupType.Full, BackupState.Failed) { Started = Noon.AddHours(-90) },
            new("pgbackrest", BackupType.Full, BackupState.Running) { Started = Noon.AddHours(-5) },
            new("pgbackrest", BackupType.Full, BackupState.Running) { Started = Noon.AddHours(-1) },
        ];

        foreach (
            var order in (ReportedBackup[][])
                [backups, [.. backups.Reverse()], [.. backups.OrderBy(backup => backup.Id, StringComparer.Ordinal)]]
        )
        {
            var facts = Assert.Single(Fold(order));
            Assert.Equal(
                (Noon.AddHours(-2), TimeSpan.FromHours(2), TimeSpan.FromHours(1)),
                (facts.LastSuccess, facts.Age, facts.LastDuration)
            );
            Assert.Equal((40, 7, true, 5), (facts.LastSize, facts.LastStored, facts.LastHasErrors, facts.StartLsn));
            Assert.Equal(0.4, facts.SizeRatio);
            Assert.Equal(Noon.AddHours(-72), facts.Oldest);
            Assert.Equal(Noon.AddHours(-1), facts.LastFailure);
            Assert.Equal(new(4, 2, 2), facts.Counts);
            Assert.Equal(new(Noon.AddHours(-5), TimeSpan.FromHours(2)), facts.Running);
            Assert.Null(facts.BrokenChains);
        }
    }

    [Fact]
    public void A_chain_is_broken_where_a_parent_is_gone()
    {
        var incr = Full with { Type = BackupType.Incr };
        var facts = Fold([
            incr with
            {
                Id = "i3",
                ParentId = "i2",
                Storage = "1",
                Finished = Noon,
            },
            Full with
            {
                Id = "f",
                Storage = "1",
                Finished = Noon,
            },
            incr with
            {
                Id = "i1",
                ParentId = "f",
                Storage = "1",
                Finished = Noon,
            },
            incr with
            {
                Id = "i1",
                ParentId = "f",
                Storage = "2",
                Finished = Noon,
            },
            new("pgbackrest", BackupType.Incr, BackupState.Failed)
            {
                Id = "i2",
                Storage = "1",
                Finished = Noon,
            },
        ]);

        // i2 failed. Storage 2 has no f, and i1 can be restored from storage 1.
        Assert.Equal(1, facts.Single(of => of.Type == BackupType.Incr).BrokenChains);
        Assert.Null(facts.Single(of => of.Type == BackupType.Full).BrokenChains);
    }

    [Theory]
    [InlineData("f", 0)]
    [InlineData("gone", 300)]
    [InlineData("299", 300)] // a circle
    public void A_chain_is_followed_to_its_end(string first, long broken)
    {
        var facts = Fold([
            Full with
            {
                Id = "f",
                Finished = Noon,
            },
            .. Enumerable
                .Range(0, 300)
                .Select(i => new ReportedBackup("pgbackrest", BackupType.Incr, BackupState.Done)
                {
                    Id = $"{i}",
                    ParentId = i == 0 ? first : $"{i - 1}",
                    Finished = Noon,
                }),
        ]);

        Assert.Equal(broken, facts.Single(of => of.Type == BackupType.Incr).BrokenChains);
    }

    [Fact]
    public void Tools_and_types_are_kept_apart_and_a_backup_that_only_failed_is_there()
    {
        var facts = Fold([
            Full with
            {
                Finished = Noon,
            },
            Full with
            {
                Tool = "wal-g",
                Finished = Noon,
            },
            Full with
            {
                Type = BackupType.Logical,
                Finished = Noon,
            },
            new("barman", BackupType.Full, BackupState.Failed) { Finished = Noon },
        ]);

        Assert.Equal(4, facts.Count);
        Assert.Null(facts.Single(of => of.Tool == "barman").LastSuccess);
    }

    [Fact]
    public void A_finish_that_another_clock_has_a_little_ahead_is_no_negative_age() =>
        Assert.Equal(TimeSpan.Zero, Assert.Single(Fold([Full with { Finished = Noon.AddMinutes(4) }])).Age);

    static List<BackupFacts> Fold(IEnumerable<ReportedBackup> backups)
    {
        var fold = new BackupFactsBuilder(SourceName.Query, Noon);
        foreach (var backup in backups)
            fold.Add(backup);
        var facts = new List<BackupFacts>();
        fold.AddTo(facts);
        return facts;
    }
}
