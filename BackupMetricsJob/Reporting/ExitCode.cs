using BackupMetricsJob.Catalog;
using BackupMetricsJob.Checking;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Reporting;

/// <summary>What the process tells its caller. The values are those of sysexits.h where it has one, and of a shell for signals.</summary>
internal enum ExitCode
{
    Success = 0,
    Usage = 64,
    InputRefused = 65,
    TargetFailed = 69,
    Bug = 70,
    OutputFailed = 74,
    PushNotArrived = 75,
    PushRefused = 76,
    Configuration = 78,
    Interrupted = 130,
    Terminated = 143,
}

/// <summary>Which code wins when several apply: 70, 76, 75, 143 or 130, 69, 0.</summary>
internal static class ExitCodes
{
    /// <summary>A file that was named and is wrong is configuration, whatever else is wrong; then a wrong flag is usage.</summary>
    public static ExitCode For(IReadOnlyList<Problem> problems) =>
        !problems.Any(problem => problem.IsInFile) && problems.Any(problem => problem.Origin == ProblemOrigin.Flag)
            ? ExitCode.Usage
            : ExitCode.Configuration;

    /// <param name="report">The run.</param>
    /// <param name="signal">The code of the signal that ended it, if one did.</param>
    /// <param name="failOnTarget">Whether a target that could not be probed counts.</param>
    public static ExitCode For(RunReport report, ExitCode? signal, bool failOnTarget)
    {
        if ((Worst([.. report.Pushes.Select(push => push.Outcome.Result)]) ?? signal) is { } code)
            return code;
        return failOnTarget && report.Results.Any(result => result.Failure is not null) ? ExitCode.TargetFailed : ExitCode.Success;
    }

    /// <summary>Of a check: a gateway, then what is set up wrongly, then a signal, then a database.</summary>
    public static ExitCode For(CheckReport report, ExitCode? signal, bool failOnTarget)
    {
        if (report.Gateways.Any(gateway => gateway.Status == ServerStatus.Refused))
            return ExitCode.PushRefused;
        if (report.Gateways.Any(gateway => gateway.Status == ServerStatus.Unreachable))
            return ExitCode.PushNotArrived;
        if (report.Prometheus is { Status: ServerStatus.Misconfigured })
            return ExitCode.Configuration;
        if (signal is { } ended)
            return ended;
        var failed =
            report.Targets.Any(target => target.Result.Failure is not null) || report.Prometheus is { Status: not ServerStatus.Ok };
        return failOnTarget && failed ? ExitCode.TargetFailed : ExitCode.Success;
    }

    public static ExitCode For(CatalogFailureCause cause, ExitCode? signal) =>
        cause switch
        {
            CatalogFailureCause.Input => ExitCode.InputRefused,
            CatalogFailureCause.Stopped => signal ?? ExitCode.Interrupted,
            _ => ExitCode.TargetFailed,
        };

    /// <summary>Null where all went well.</summary>
    public static ExitCode? Worst(IReadOnlyList<PushResult> results)
    {
        foreach (var worst in (ReadOnlySpan<ExitCode>)[ExitCode.Bug, ExitCode.PushRefused, ExitCode.PushNotArrived])
        {
            if (results.Any(result => For(result) == worst))
                return worst;
        }

        return null;
    }

    public static ExitCode For(PushResult result) =>
        result switch
        {
            PushResult.Withheld => ExitCode.Bug,
            PushResult.Refused => ExitCode.PushRefused,
            PushResult.Unavailable or PushResult.Unreachable or PushResult.TimedOut or PushResult.Cancelled => ExitCode.PushNotArrived,
            _ => ExitCode.Success,
        };
}
