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

    static Questions Ask()
    {
        var states = States.ToList();
        var critical = states.Where(state => Findings.For(state).Any(finding => finding.IsCritical));
        var verdicts = states.ToLookup(state => Verdicts.For(state, Findings.For(state)), state => state.Instance.Name);
        // A standby's backups are its primary's. Where another source knows them all the same, Prometheus judges by that.
        var standbys = states
            .Where(state => verdicts[Verdict.NotAssessed].Contains(state.Instance.Name))
            .ToLookup(
                state => state.Backups.Any(backup => backup.LastSuccess is not null && backup.Source != SourceName.Server),
                state => state.Instance.Name
            );
        List<string> well = [.. verdicts[Verdict.Healthy], .. standbys[true]];
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
                    .. verdicts[Verdict.Unknown].Concat(standbys[false]).Select(name => (name, 3)),
                ]
            ),
            new("max by (instance) (postgres_backup_verdict == 1)", [.. verdicts[Verdict.Warning].Select(name => (name, 1))]),
            new(
                $"max by (instance) (postgres_backup_verdict{{instance=~\"{string.Join('|', well)}\"}})",
                [.. well.Select(name => (name, 0))]
            )
        );
    }
}
