using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The same with verdicts: what the page shows as critical or unknown is that in Prometheus, and what it shows as well is nothing else
/// there.
/// </summary>
public sealed partial class CriticalFindingsTests
{
    const string Tests = "  promql_expr_test:";

    [Fact]
    public async Task What_the_page_makes_of_a_state_is_the_verdict_in_Prometheus()
    {
        var states = States.ToList();
        var verdicts = states.ToLookup(state => Verdicts.For(state, Findings.For(state)), state => state.Instance.Name);
        Assert.All(Enum.GetValues<Verdict>(), verdict => Assert.NotEmpty(verdicts[verdict]));
        // A standby's backups are its primary's. Where another source knows them all the same, Prometheus judges by that.
        var standbys = states
            .Where(state => verdicts[Verdict.NotAssessed].Contains(state.Instance.Name))
            .ToLookup(
                state => state.Backups.Any(backup => backup.LastSuccess is not null && backup.Source != SourceName.Server),
                state => state.Instance.Name
            );

        await SaysAsync(
            states,
            "max by (instance) (postgres_backup_verdict > 1)",
            [
                .. verdicts[Verdict.Critical].Select(name => (name, 2)),
                .. verdicts[Verdict.Unknown].Concat(standbys[false]).Select(name => (name, 3)),
            ]
        );
        List<string> well = [.. verdicts[Verdict.Healthy], .. standbys[true]];
        await SaysAsync(
            states,
            $"max by (instance) (postgres_backup_verdict{{instance=~\"{string.Join('|', well)}\"}})",
            [.. well.Select(name => (name, 0))]
        );
    }

    static async Task SaysAsync(List<ProbeResult> states, string query, List<(string Name, int Value)> expected)
    {
        var scenario = Scenario(Published.Text([.. states]), []);
        var samples = expected
            .OrderBy(sample => sample.Name, StringComparer.Ordinal)
            .Select(sample => $"    - {{labels: '{{instance=\"{sample.Name}\"}}', value: {sample.Value}}}");
        using var folder = new TempFolder();
        var file = folder.Write(
            "states.yml",
            $"""
            {scenario[..scenario.IndexOf(Tests, StringComparison.Ordinal)]}{Tests}
              - expr: {query}
                eval_time: 75m
                exp_samples:
            {string.Join('\n', samples)}

            """
        );

        var result = await ChildProcess.RunAsync(Promtool.Program, ["test", "rules", file], deadline: TimeSpan.FromMinutes(5));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }
}
