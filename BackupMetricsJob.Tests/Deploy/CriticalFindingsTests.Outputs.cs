using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// What a plugin says, what a heartbeat is told and what an exit code means follow from the verdict, which is that in Prometheus.
/// </summary>
public sealed partial class CriticalFindingsTests
{
    [Fact]
    public void A_plugin_a_heartbeat_and_an_exit_code_say_of_each_state_what_the_verdict_says()
    {
        foreach (var state in States)
        {
            var verdict = Verdicts.For(state, Findings.For(state));
            var report = new RunReport([state], TimeSpan.Zero);
            using var line = new StringWriter();

            var said = (
                Plugin: NagiosOutput.Write(report, null, [], line),
                HeartbeatReport.Write(report, ExitCodes.ForRun(report, null, failOnTarget: true), []).IsWell,
                OnCritical: ExitCodes.ForShow(report, null, failOnTarget: true, Severity.Critical),
                OnWarning: ExitCodes.ForShow(report, null, failOnTarget: true, Severity.Warning)
            );

            Assert.True(said == Says(verdict), $"{state.Instance.Name} is {verdict}: {said} {line}");
        }
    }

    static (PluginState Plugin, bool IsWell, ExitCode OnCritical, ExitCode OnWarning) Says(Verdict verdict) =>
        verdict switch
        {
            Verdict.Critical => (PluginState.Critical, false, ExitCode.CriticalFound, ExitCode.CriticalFound),
            Verdict.Unknown => (PluginState.Unknown, false, ExitCode.TargetFailed, ExitCode.TargetFailed),
            Verdict.Warning => (PluginState.Warning, false, ExitCode.Success, ExitCode.WarningFound),
            Verdict.Healthy => (PluginState.Ok, true, ExitCode.Success, ExitCode.Success),
            // Alone, a plugin has nothing to judge; nobody is to be called for it.
            _ => (PluginState.Unknown, true, ExitCode.Success, ExitCode.Success),
        };
}
