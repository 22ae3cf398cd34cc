using System.CommandLine;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>Which database a command writes to, and for how long it may: the flags that every command about the catalogue has.</summary>
internal sealed record CatalogAccess(ConnectionSettings Connection, TimeSpan Timeout);

/// <summary>Their declaration, their reading, and how such a command ends.</summary>
internal sealed class CatalogFlags
{
    static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);

    readonly FlagSet _flags;
    readonly TimeSpan _defaultTimeout;

    public CatalogFlags(Command command, string timeoutHelp, TimeSpan defaultTimeout)
    {
        (_flags, _defaultTimeout) = (new(command), defaultTimeout);
        _flags.AddConnection();
        _flags.Add("timeout", "DURATION", timeoutHelp);
    }

    /// <summary>Null if there is a problem.</summary>
    public CatalogAccess? Read(ParseResult parsed, ProcessContext context, List<Problem> problems)
    {
        var settings = new Settings(_flags.Read(parsed), context.Environment);
        var timeout = Timeout(settings, problems);
        var connection = ConnectionSetting.Read(settings, context.Environment, problems);
        return connection is null || problems.Count > 0 ? null : new(connection, timeout);
    }

    /// <summary>A flag's value that is wrong: 64.</summary>
    public static Problem InvalidValue(string flag, string? value, string allowed) =>
        new Setting(flag, ProblemOrigin.Flag, value ?? "").InvalidValue(allowed);

    /// <summary>Tells what is wrong with the command line or the environment, a line each.</summary>
    public static int Report(IReadOnlyList<Problem> problems, ProcessContext context) =>
        Problems.Report(problems, new(LogFormat.Text, FailOnTarget: true, DryRun: false), context);

    /// <summary>Tells why it was not done; the exit code follows from it.</summary>
    public static int Report(CatalogFailure failure, string command, ProcessContext context, ExitCode? signal)
    {
        context.Error.WriteLine($"backup-metrics: {command}: {PlainText.OnOneLine(failure.Message, limit: 2000)}");
        return (int)ExitCodes.For(failure.Cause, signal);
    }

    TimeSpan Timeout(Settings settings, List<Problem> problems)
    {
        if (settings.One("timeout") is not { } setting)
            return _defaultTimeout;
        if (DurationParser.TryParse(setting.Value, out var duration) && duration > TimeSpan.Zero && duration <= MaxTimeout)
            return duration;
        problems.Add(setting.InvalidValue(DurationParser.Allowed + ", a day at most"));
        return _defaultTimeout;
    }
}
