using System.CommandLine;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Hosting;
using BackupMetricsJob.Schedule.Http;
using BackupMetricsJob.Schedule.Notify;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.Scheduling;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics schedule: does what `backup-metrics run` does, on a schedule.</summary>
internal static class ScheduleCommand
{
    public static Command Create(ProcessContext context, BuildVersion build)
    {
        var command = new DocumentedCommand("schedule", "Do what run does on a schedule, on this host or on one of several")
        {
            Details = "It ends on SIGTERM or SIGINT. SIGHUP reloads the settings.",
            ExitCodes =
                "0 ended by SIGTERM or SIGINT, no run was interrupted; 143, 130 the same, but a run was interrupted; 64 invalid flag; "
                + "69 the store of the cluster, or the address of --listen, cannot be used; 70 bug; "
                + "78 invalid environment variable or file.",
            Examples =
            [
                new(
                    "every five minutes, with a status page",
                    """
                    backup-metrics schedule --config config.yaml --cron "*/5 * * * *" \
                      --listen 127.0.0.1:9351
                    """
                ),
                new(
                    "each run on one of several hosts",
                    """
                    backup-metrics schedule --config config.yaml --cron "*/5 * * * *" \
                      --cluster postgresql://scheduler@db1/schedule
                    """
                ),
            ],
        };
        var flags = ScheduleFlags.AddTo(command);
        // The daemon's threads write to standard error at the same time as a run.
        var shared = context with
        {
            Error = TextWriter.Synchronized(context.Error),
            IsInteractive = false,
        };
        command.SetAction((parsed, _) => RunAsync(flags.Read(parsed), shared, build));
        return command;
    }

    static async Task<int> RunAsync(GivenFlags flags, ProcessContext context, BuildVersion build)
    {
        var problems = ScheduleOptionsReader.Read(flags, context.Environment, context.Time.GetUtcNow(), out var options, out var output);
        return options is null ? Problems.Report(problems, output, context) : await RunAsync(options, flags, context, build);
    }

    static async Task<int> RunAsync(ScheduleOptions first, GivenFlags flags, ProcessContext context, BuildVersion build)
    {
        var state = new ScheduleState(first.Cluster?.Node ?? Environment.MachineName, context.Time.GetUtcNow(), build);
        state.Set(now => now with { IsCluster = first.Cluster is not null });
        CurrentOptions options = null!;
        var log = new ScheduleLog(context.Error, context.Time, () => options.Current.Output);
        var problems = new List<Problem>();
        var web = WebSettings.Open(first.Listen is null ? null : first.WebConfig, log, problems);
        if (web is null)
            return Problems.Report(problems, first.Output, context);
        options = new CurrentOptions(first, Read, state, log, context.Time);
        CertificateCheck? check = null;
        if (
            first.Cluster is { Connection: { Tls.Verifies: true } store }
            && CertificateCheck.TryRead(store.Tls, out check) is { } unreadable
        )
        {
            log.Error("store", $"the cluster's store {store} is unavailable: {unreadable.Message}");
            return (int)ExitCode.TargetFailed;
        }

        using var manager = new SystemdNotifier(context.Environment, Environment.ProcessId);
        using var runner = new SlotRunner(options, context, build, state, log);
        await using var schedule = new QuartzSchedule(
            first.Cluster,
            new SlotJob(runner, options, state, log, context.Time),
            context.Time,
            check
        );
        var endpoint = first.Listen is null ? null : await Endpoint.StartAsync(first.Listen, web, state, log, context.Time);
        if (first.Listen is not null && endpoint is null)
            return (int)ExitCode.TargetFailed;
        try
        {
            return (int)await new Daemon(options, runner, schedule, state, log, context, manager).RunAsync();
        }
        finally
        {
            if (endpoint is not null)
            {
                await endpoint.StopAsync();
                await endpoint.DisposeAsync();
            }
        }

        IReadOnlyList<Problem> Read(out ScheduleOptions? read)
        {
            web.Reload();
            return ScheduleOptionsReader.Read(flags, context.Environment, context.Time.GetUtcNow(), out read, out _);
        }
    }
}
