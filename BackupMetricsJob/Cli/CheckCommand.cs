using System.CommandLine;
using System.Text;
using BackupMetricsJob.Checking;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics check: try everything that a run needs, change nothing, and say what is wrong and what to do.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("check", "Check the settings, every database with its rights and its TLS, every gateway, and how Prometheus scrapes; nothing is pushed");
        var flags = new JobFlags(command, pushes: true);
        var own = new FlagSet(command);
        own.Add("prometheus", "URL", "The Prometheus that scrapes the gateway, like http://prometheus:9090: is that done with honor_labels?");
        own.Add("output", "text|json", "How the result is written on standard output (text)");
        command.SetAction(async (parsed, _) =>
        {
            var given = flags.Read(parsed);
            own.Read(parsed, given);
            return await RunAsync(given, terminal);
        });
        return command;
    }

    static async Task<int> RunAsync(Flags flags, Terminal terminal)
    {
        var problems = new List<Problem>(OptionsReader.Read(flags, terminal.Environment, Purpose.Check, out var job, out var output));
        var settings = new Settings(flags, terminal.Environment);
        var asJson = OutputOptions.Choice(settings, "output", "text", "json", problems);
        var prometheus = Prometheus(settings, problems);
        if (job is null || problems.Count > 0) return Problems.Tell(problems, output, terminal);

        var signals = terminal.Signals;
        var progress = ProgressLine.IsWanted(terminal, output) ? new RunProgress(terminal.Time) : null;
        CheckReport report;
        using (progress is null ? null : new ProgressLine(progress, terminal.Error))
            report = await Check.RunAsync(job, prometheus, terminal.Time, progress, signals.Stop);
        var code = Of(report, signals.Received, output.FailOnTarget);
        if (asJson)
        {
            CheckJson.Write(report, code, terminal.Output);
        }
        else
        {
            await using var text = new StreamWriter(terminal.Output, new UTF8Encoding(false), leaveOpen: true);
            CheckTable.Write(report, text);
        }

        return (int)code;
    }

    static Uri? Prometheus(Settings settings, List<Problem> problems)
    {
        if (settings.One("prometheus") is not { } setting) return null;
        if (Uri.TryCreate(setting.Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 }) return url;
        problems.Add(new(setting.Kind, $"{setting.Origin}: must be a URL like http://prometheus:9090, without user, password and query"));
        return null;
    }

    /// <summary>A gateway that refuses us, then one that cannot be reached, then what is set up wrongly, then a signal, then a database.</summary>
    static ExitCode Of(CheckReport report, ExitCode? signal, bool failOnTarget)
    {
        if (report.Gateways.Any(gateway => gateway.Verdict == ServerVerdict.Refused)) return ExitCode.PushRefused;
        if (report.Gateways.Any(gateway => gateway.Verdict == ServerVerdict.Unreachable)) return ExitCode.PushNotArrived;
        if (report.Prometheus is { Verdict: ServerVerdict.Misconfigured }) return ExitCode.Configuration;
        if (signal is { } ended) return ended;
        var failed = report.Targets.Any(target => target.Result.Failure is not null) || report.Prometheus is { Verdict: not ServerVerdict.Ok };
        return failOnTarget && failed ? ExitCode.TargetFailed : ExitCode.Success;
    }
}
