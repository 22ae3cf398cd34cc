using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Checking;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Drill;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Reporting;

/// <summary>The exit codes: those of sysexits.h if there is a suitable one, a shell's for signals, a plugin's for findings.</summary>
internal enum ExitCode
{
    Success = 0,
    WarningFound = 1,
    CriticalFound = 2,
    Usage = 64,
    InputRefused = 65,
    TargetFailed = 69,
    Bug = 70,
    OutputFailed = 74,
    PushNotDelivered = 75,
    PushRefused = 76,
    Configuration = 78,
    HungUp = 129,
    Interrupted = 130,
    Terminated = 143,
}

/// <summary>Maps results to exit codes. If several apply, the first of these is used: 70, 76, 75, 74, 143, 130 or 129, 65, 69, 0.</summary>
internal static class ExitCodes
{
    /// <summary>78 if a file is invalid, otherwise 64 if a flag is invalid, otherwise 78.</summary>
    public static ExitCode ForProblems(IReadOnlyList<Problem> problems) =>
        !problems.Any(problem => problem.IsInFile) && problems.Any(problem => problem.Origin == ProblemOrigin.Flag)
            ? ExitCode.Usage
            : ExitCode.Configuration;

    /// <param name="report">The run.</param>
    /// <param name="signal">The exit code of the signal that ended it; null if none did.</param>
    /// <param name="failOnTarget">Whether a database that could not be probed or imported into counts.</param>
    /// <param name="imports">The lists that were imported before.</param>
    public static ExitCode ForRun(RunReport report, ExitCode? signal, bool failOnTarget, IReadOnlyList<ImportReport>? imports = null)
    {
        var undelivered = ForPushes([.. report.Pushes.Select(push => push.Outcome.Result)]);
        var unwritten = report.Textfile is { Failure: not null } ? ExitCode.OutputFailed : (ExitCode?)null;
        if ((undelivered ?? unwritten ?? signal) is { } code)
            return code;
        // A refused list is also a failed source of its target. The input is what has to be fixed.
        if (imports?.Any(import => import.Failure is { Cause: CatalogFailureCause.Input }) is true)
            return ExitCode.InputRefused;
        var failed = report.Results.Any(result => result.Failure is not null) || imports?.Any(import => import.Failure is not null) is true;
        return failOnTarget && failed ? ExitCode.TargetFailed : ExitCode.Success;
    }

    /// <summary>
    /// The exit code of `show`, where the worst verdict may count, the same verdict as on the page, in a plugin's line and in Prometheus.
    /// </summary>
    /// <param name="failOn">The least severe verdict that counts; null for none.</param>
    public static ExitCode ForShow(RunReport report, ExitCode? signal, bool failOnTarget, Severity? failOn)
    {
        if (failOn is null || signal is not null)
            return ForRun(report, signal, failOnTarget);
        var assessments = Assessment.Assess(report.Results);
        return assessments.Count == 0
            ? ExitCode.Success
            : assessments[0].Verdict switch
            {
                Verdict.Critical => ExitCode.CriticalFound,
                Verdict.Unknown => ExitCode.TargetFailed,
                Verdict.Warning when failOn == Severity.Warning => ExitCode.WarningFound,
                _ => ExitCode.Success,
            };
    }

    /// <summary>
    /// The exit code of a check. The first of these decides: a gateway, the textfile, a wrong configuration of Prometheus, a signal, or a
    /// missing answer from a target, the heartbeat or Prometheus.
    /// </summary>
    public static ExitCode ForCheck(CheckReport report, ExitCode? signal, bool failOnTarget)
    {
        if (report.Gateways.Any(gateway => gateway.Status == ServerStatus.Refused))
            return ExitCode.PushRefused;
        if (report.Gateways.Any(gateway => gateway.Status == ServerStatus.Unreachable))
            return ExitCode.PushNotDelivered;
        if (report.Textfile is { Status: not ServerStatus.Ok })
            return ExitCode.OutputFailed;
        if (report.Prometheus is { Status: ServerStatus.Misconfigured })
            return ExitCode.Configuration;
        if (signal is { } ended)
            return ended;
        var failed =
            report.Targets.Any(target => target.Result.Failure is not null)
            || report.Heartbeats.Any(heartbeat => heartbeat.Status != ServerStatus.Ok)
            || report.Prometheus is { Status: not ServerStatus.Ok };
        return failOnTarget && failed ? ExitCode.TargetFailed : ExitCode.Success;
    }

    /// <summary>
    /// The exit code of a drill. The first of these decides: a gateway, a signal, the drill itself, a missing answer, leftovers of the
    /// drill.
    /// </summary>
    public static ExitCode ForDrill(DrillReport report, ExitCode? signal)
    {
        if (ForPushes([.. report.Pushes.Select(push => push.Result)]) is { } code)
            return code;
        if (report.Result.IsStopped)
            return signal ?? ExitCode.Interrupted;
        if (report.Result.Fault is { } fault)
            return fault switch
            {
                DrillFault.Settings => ExitCode.Configuration,
                DrillFault.Means => ExitCode.TargetFailed,
                _ => ExitCode.InputRefused,
            };
        var isWhole = report.RecordFailure is null && report.Result.Claim?.Failure is null && report.Result.CleanUpFailure is null;
        return isWhole ? ExitCode.Success : ExitCode.TargetFailed;
    }

    /// <summary>
    /// The exit code of several drills: the first of 70, 76, 75, a signal, 65, 78, 69 that any drill has; also 69 if a drill was not
    /// started.
    /// </summary>
    public static ExitCode ForDrills(IReadOnlyList<DrillReport> reports, int planned, ExitCode? signal)
    {
        var codes = reports.Select(report => ForDrill(report, signal)).ToHashSet();
        if (reports.Count < planned)
            codes.Add(signal ?? ExitCode.TargetFailed);
        ExitCode?[] order =
        [
            ExitCode.Bug,
            ExitCode.PushRefused,
            ExitCode.PushNotDelivered,
            signal ?? ExitCode.Interrupted,
            ExitCode.InputRefused,
            ExitCode.Configuration,
            ExitCode.TargetFailed,
        ];
        return order.FirstOrDefault(code => codes.Contains(code!.Value)) ?? ExitCode.Success;
    }

    public static ExitCode ForCatalog(CatalogFailureCause cause, ExitCode? signal) =>
        cause switch
        {
            CatalogFailureCause.Input => ExitCode.InputRefused,
            CatalogFailureCause.Stopped => signal ?? ExitCode.Interrupted,
            _ => ExitCode.TargetFailed,
        };

    /// <summary>Null if all pushes succeeded.</summary>
    public static ExitCode? ForPushes(IReadOnlyList<PushResult> results)
    {
        foreach (var worst in (ReadOnlySpan<ExitCode>)[ExitCode.Bug, ExitCode.PushRefused, ExitCode.PushNotDelivered])
        {
            if (results.Any(result => ForPush(result) == worst))
                return worst;
        }

        return null;
    }

    public static ExitCode ForPush(PushResult result) =>
        result switch
        {
            PushResult.NotSent => ExitCode.Bug,
            PushResult.Refused => ExitCode.PushRefused,
            PushResult.Unavailable or PushResult.Unreachable or PushResult.TimedOut or PushResult.Cancelled => ExitCode.PushNotDelivered,
            _ => ExitCode.Success,
        };
}
