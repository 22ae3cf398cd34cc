using System.CommandLine;
using System.Text;
using BackupMetricsJob.Checking;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics check: tests everything that a run needs without changing anything, and reports problems with advice.</summary>
internal static class CheckCommand
{
    static readonly TextSetting Scraper = new(
        "prometheus",
        "URL",
        "Prometheus that scrapes the gateway or node_exporter, like http://prometheus:9090: check that the series keep their labels"
    );

    static readonly ChoiceSetting Output = new("output", "text", "json", "text|json", "Format of the result on standard output (text)");

    public static Command Create(ProcessContext context)
    {
        var command = new DocumentedCommand(
            "check",
            "Check the settings, the rights and TLS at every database, every gateway, and how Prometheus scrapes. Nothing is pushed"
        )
        {
            Examples =
            [
                new("before you go live", "backup-metrics check --config /etc/backup-metrics/config.yaml"),
                new(
                    "whether Prometheus scrapes the gateway with honor_labels, too",
                    """
                    backup-metrics check --connection postgresql://monitor@db1/postgres \
                      --gateway http://pushgateway:9091 --prometheus http://prometheus:9090
                    """
                ),
            ],
        };
        var flags = new CommandFlags(command);
        JobFlags.AddTo(flags, pushes: true);
        flags.Add(Scraper, Output);
        command.SetAction((parsed, _) => RunAsync(flags.Read(parsed), context));
        return command;
    }

    static async Task<int> RunAsync(GivenFlags flags, ProcessContext context)
    {
        var problems = new List<Problem>(OptionsReader.Read(flags, context.Environment, Purpose.Check, out var job, out var output));
        var settings = new GivenSettings(flags, context.Environment);
        var asJson = Output.IsNotDefault(settings, problems);
        var prometheus = Prometheus(settings, problems);
        if (job is null || problems.Count > 0)
            return Problems.Report(problems, output, context);

        var signals = context.Signals;
        CheckReport report;
        using (ProgressLine.Start(context, output, out var progress))
            report = await Check.RunAsync(job, prometheus, context.Time, progress, signals.Stop);
        var code = ExitCodes.ForCheck(report, signals.Received, output.FailOnTarget);
        if (asJson)
        {
            CheckJson.Write(report, code, context.Output);
        }
        else
        {
            await using var text = new StreamWriter(context.Output, new UTF8Encoding(false), leaveOpen: true);
            CheckTable.Write(report, code, text);
        }

        return (int)code;
    }

    static Uri? Prometheus(GivenSettings settings, List<Problem> problems)
    {
        if (settings.One(Scraper) is not { } setting)
            return null;
        if (
            Uri.TryCreate(setting.Value, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url is { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 }
        )
            return url;
        problems.Add(new(setting.Origin, $"{setting.Name}: must be a URL like http://prometheus:9090, without user, password or query"));
        return null;
    }
}
