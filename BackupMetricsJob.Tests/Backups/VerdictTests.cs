using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>How a database stands: the worst that is known of it, and never well where that is not known.</summary>
public sealed class VerdictTests
{
    static readonly ProbeFailure Refused = new(FailureReason.Refused, "Connection refused");

    static readonly ProbeResult Late = Result with
    {
        Backups = [Backup with { LastSuccess = Noon.AddHours(-30), Age = TimeSpan.FromHours(30) }],
    };

    static readonly ProbeResult TooLate = Result with
    {
        Backups = [Backup with { LastSuccess = Noon.AddHours(-60), Age = TimeSpan.FromHours(60) }],
    };

    static readonly ProbeResult Listed = Result with
    {
        IsTarget = false,
        Server = null,
        Instance = Orders with { Sources = [SourceName.Catalog] },
        Backups = [Backup with { Source = SourceName.Catalog }],
        SourcesThatAnswered = [SourceName.Catalog],
    };

    [Fact]
    public void The_worst_that_is_known_counts()
    {
        Judged(Verdict.Healthy, Result);
        Judged(Verdict.Warning, Late);
        Judged(Verdict.Critical, TooLate);
        Judged(Verdict.Healthy, Listed);
    }

    [Fact]
    public void What_could_not_be_asked_is_unknown_unless_what_is_known_is_worse()
    {
        Judged(Verdict.Unknown, Failed(FailureReason.Refused, "Connection refused"));
        Judged(Verdict.Unknown, Late with { Failure = Refused });
        Judged(Verdict.Critical, TooLate with { Failure = Refused });
    }

    [Fact]
    public void A_source_that_failed_leaves_not_all_known()
    {
        SourceFailure[] failed = [new(SourceName.Catalog, new(FailureReason.BadData, "repo2 could not be read"))];

        Judged(Verdict.Unknown, Listed with { Backups = [], SourcesThatAnswered = [], SourceFailures = failed });
        Judged(Verdict.Unknown, Listed with { SourcesThatAnswered = [], SourceFailures = failed });
        Judged(
            Verdict.Critical,
            Listed with
            {
                Backups = [TooLate.Backups[0] with { Source = SourceName.Catalog }],
                SourcesThatAnswered = [],
                SourceFailures = failed,
            }
        );
    }

    [Fact]
    public void Where_nothing_is_asked_for_and_nothing_known_nothing_is_well()
    {
        var without = Listed with { Instance = Listed.Instance with { Limits = [] } };

        Judged(Verdict.Healthy, without);
        Judged(Verdict.Unknown, without with { Backups = [] });
        Judged(
            Verdict.Unknown,
            without with
            {
                Backups = [new(SourceName.Catalog, "wal-g", BackupType.RestoreTest) { LastSuccess = Noon, Age = TimeSpan.Zero }],
            }
        );
    }

    [Fact]
    public void Who_leaves_backups_to_others_is_not_judged()
    {
        Judged(Verdict.NotAssessed, Result with { Server = Server with { InRecovery = true }, Backups = [] });
        Judged(Verdict.NotAssessed, Listed with { IsMonitored = false, Backups = [] });
        Judged(Verdict.Unknown, Listed with { IsMonitored = false, Backups = [], Failure = Refused });
    }

    [Fact]
    public void After_too_long_a_time_a_critical_problem_stays_and_nothing_else_is_known()
    {
        Judged(Verdict.Unknown, Result, isStale: true);
        Judged(Verdict.Unknown, Late, isStale: true);
        Judged(Verdict.Critical, TooLate, isStale: true);
        Judged(Verdict.NotAssessed, Result with { Server = Server with { InRecovery = true }, Backups = [] }, isStale: true);
    }

    static void Judged(Verdict verdict, ProbeResult result, bool isStale = false) =>
        Assert.Equal(verdict, Verdicts.For(result, Findings.For(result), isStale));
}
