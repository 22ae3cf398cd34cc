using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The same with verdicts: what the page shows as critical, unknown or a warning is that in Prometheus, and what it shows as well is
/// nothing else there.
/// </summary>
public sealed partial class CriticalFindingsTests
{
    [Fact]
    public async Task What_the_page_makes_of_a_state_is_the_verdict_in_Prometheus()
    {
        Assert.All(Enum.GetValues<Verdict>(), verdict => Assert.NotEmpty(Asked.Value.Verdicts[verdict]));

        Assert.Equal("", await DifferenceAsync(Asked.Value.Troubled));
        Assert.Equal("", await DifferenceAsync(Asked.Value.Warned));
        Assert.Equal("", await DifferenceAsync(Asked.Value.Well));
    }

    /// <summary>An hour after all was mended.</summary>
    const int LongAfter = MinutesSpoilt + 60;

    static Questions Ask()
    {
        var states = States.ToList();
        var critical = states.Where(state => Findings.For(state).Any(finding => finding.IsCritical));
        var verdicts = states.ToLookup(state => Verdicts.For(state, Findings.For(state)), state => state.Instance.Name);
        var well = verdicts[Verdict.Healthy].ToList();
        return new(
            states,
            verdicts,
            new(
                "group by (instance) (ALERTS{alertstate=\"firing\", severity=\"critical\", instance!=\"\"})",
                [.. critical.Select(state => (state.Instance.Name, 1))]
            ),
            new(
                "max by (instance) (postgres_backup_verdict > 1)",
                [
                    .. verdicts[Verdict.Critical].Select(name => (name, 2)),
                    .. verdicts[Verdict.Unknown].Select(name => (name, 3)),
                    .. verdicts[Verdict.NotAssessed].Select(name => (name, 4)),
                ]
            ),
            new("max by (instance) (postgres_backup_verdict == 1)", [.. verdicts[Verdict.Warning].Select(name => (name, 1))]),
            new(
                $"max by (instance) (postgres_backup_verdict{{instance=~\"{string.Join('|', well)}\"}})",
                [.. well.Select(name => (name, 0))]
            ),
            new("group by (instance) (ALERTS{severity=\"critical\", instance!=\"\"})", [], LongAfter),
            new("group by (instance) (postgres_backup_verdict == 2)", [], LongAfter)
        );
    }
}
