using System.CommandLine;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics catalog forget: removes what nobody imports any more, and what was imported under a wrong name.</summary>
internal static class CatalogForgetCommand
{
    static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    public static Command Create(ProcessContext context)
    {
        var command = new DocumentedCommand(
            "forget",
            "Remove a server that no longer exists or was mistyped, with all its backups, or a refused import that nobody will repeat"
        )
        {
            Details = "What is still imported comes back with the next import.",
            Examples =
            [
                new("a server that is no more", "backup-metrics catalog forget --server db9 --connection service=catalogue"),
                new(
                    "a repository that is no longer used",
                    "backup-metrics catalog forget --server db1 --tool pgbackrest \\\n  --storage repo2 --connection service=catalogue"
                ),
                new("imports of a tool that is not used", "backup-metrics catalog forget --refused wal-g --connection service=catalogue"),
            ],
        };
        var server = new Option<string>("--server") { HelpName = "NAME", Description = "Server to remove" };
        var tool = new Option<string>("--tool") { HelpName = "TOOL", Description = "Only what this tool said of the server (all tools)" };
        var storage = new Option<string>("--storage")
        {
            HelpName = "NAME",
            Description = "With --tool: only what it has in this repository or storage (all of them)",
        };
        var refused = new Option<string>("--refused")
        {
            HelpName = "TOOL",
            Description = "Instead, forget that imports of this tool were refused",
        };
        var host = new Option<string>("--host")
        {
            HelpName = "NAME",
            Description = "With --refused: only those from this host (all hosts)",
        };
        command.Options.Add(server);
        command.Options.Add(tool);
        command.Options.Add(storage);
        command.Options.Add(refused);
        command.Options.Add(host);
        var flags = new CatalogFlags(command, DefaultTimeout);
        command.SetAction(
            async (parsed, _) =>
            {
                var problems = new List<Problem>();
                var access = flags.Read(parsed, context, problems);
                var (name, refusedTool) = (parsed.GetValue(server), parsed.GetValue(refused));
                if (name is null == refusedTool is null)
                    problems.Add(new(ProblemOrigin.Flag, "either --server or --refused is needed"));
                if (parsed.GetValue(tool) is not null && name is null)
                    problems.Add(new(ProblemOrigin.Flag, "--tool: allowed only with --server"));
                if (parsed.GetValue(storage) is not null && parsed.GetValue(tool) is null)
                    problems.Add(new(ProblemOrigin.Flag, "--storage: allowed only with --tool"));
                if (parsed.GetValue(host) is not null && refusedTool is null)
                    problems.Add(new(ProblemOrigin.Flag, "--host: allowed only with --refused"));
                if (access is null || problems.Count > 0)
                    return CatalogFlags.Report(problems, context);

                var signals = context.Signals;
                var (failure, removed) = name is not null
                    ? await CatalogForget.ServerAsync(
                        access.Connection,
                        name,
                        parsed.GetValue(tool),
                        parsed.GetValue(storage),
                        access.Timeout,
                        signals.Stop
                    )
                    : await CatalogForget.RefusalsAsync(
                        access.Connection,
                        refusedTool!,
                        parsed.GetValue(host),
                        access.Timeout,
                        signals.Stop
                    );
                if (failure is not null)
                    return CatalogFlags.Report(failure, "catalog forget", context, signals.Received);
                if (!access.Quiet)
                    await context.Error.WriteLineAsync(PlainText.OnOneLine(removed));
                return (int)ExitCode.Success;
            }
        );
        return command;
    }
}
