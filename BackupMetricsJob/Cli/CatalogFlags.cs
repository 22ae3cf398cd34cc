using System.CommandLine;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>The database that a catalogue command writes to, and the timeout of the whole command.</summary>
internal sealed record CatalogAccess(ConnectionSettings Connection, TimeSpan Timeout)
{
    /// <summary>Whether nothing is written to standard error if all is well.</summary>
    public bool Quiet { get; init; }
}

/// <summary>The flags that every catalogue command has, and how such a command reports a failure.</summary>
internal sealed class CatalogFlags
{
    static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);

    readonly CommandFlags _flags;
    readonly DurationSetting _timeout;

    public CatalogFlags(DocumentedCommand command, TimeSpan defaultTimeout)
    {
        (_flags, _timeout) = (new(command), new(JobSettings.Timeout.Name, "Timeout for the whole command", defaultTimeout));
        _flags.Add(JobSettings.Connection, _timeout, JobSettings.Quiet);
    }

    /// <summary>Null if there is a problem.</summary>
    public CatalogAccess? Read(ParseResult parsed, ProcessContext context, List<Problem> problems)
    {
        var settings = new GivenSettings(_flags.Read(parsed), context.Environment);
        var timeout = Timeout(settings, problems);
        var connection = ConnectionSetting.Read(settings, context.Environment, problems);
        var quiet = JobSettings.Quiet.IsOn(settings, problems);
        return connection is null || problems.Count > 0 ? null : new(connection, timeout) { Quiet = quiet };
    }

    /// <summary>The problem of a flag with an invalid value; the exit code is 64.</summary>
    public static Problem InvalidValue(string flag, string? value, string allowed) =>
        new Setting(flag, ProblemOrigin.Flag, value ?? "").InvalidValue(allowed);

    /// <summary>Writes each problem of the command line or the environment on a line.</summary>
    public static int Report(IReadOnlyList<Problem> problems, ProcessContext context) =>
        Problems.Report(problems, new(LogFormat.Text, FailOnTarget: true, DryRun: false), context);

    /// <summary>Writes why the command failed, and returns the exit code.</summary>
    public static int Report(CatalogFailure failure, string command, ProcessContext context, ExitCode? signal)
    {
        context.Error.WriteLine($"backup-metrics: {command}: {PlainText.OnOneLine(failure.Message, limit: 2000)}");
        if (failure.Recorded is { } recorded)
            context.Error.WriteLine($"backup-metrics: {command}: {PlainText.OnOneLine(recorded, limit: 2000)}");
        return (int)ExitCodes.ForCatalog(failure.Cause, signal);
    }

    TimeSpan Timeout(GivenSettings settings, List<Problem> problems)
    {
        if (settings.One(_timeout) is not { } setting)
            return _timeout.Default!.Value;
        if (DurationParser.TryParse(setting.Value, out var duration) && duration > TimeSpan.Zero && duration <= MaxTimeout)
            return duration;
        problems.Add(setting.InvalidValue(DurationParser.Allowed + ", at most a day"));
        return MaxTimeout;
    }
}
