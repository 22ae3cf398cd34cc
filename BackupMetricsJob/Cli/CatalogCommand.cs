using System.CommandLine;
using System.Text;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics catalog, with its init, prune and forget.</summary>
internal static class CatalogCommand
{
    static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    public static Command Create(ProcessContext context) =>
        new DocumentedCommand("catalog", "Create the catalogue of backups, or remove entries from it")
        {
            Init(context),
            Prune(context),
            CatalogForgetCommand.Create(context),
        };

    static DocumentedCommand Init(ProcessContext context)
    {
        var command = new DocumentedCommand("init", "Create the catalogue (schema backup_metrics) in a database, or upgrade it")
        {
            Details = "It is safe to repeat. It prints the GRANT statements that are still to be run.",
            Examples =
            [
                new(
                    "a catalogue, with a role that writes and one that reads",
                    "backup-metrics catalog init --connection postgresql:///backups --create-roles"
                ),
                new(
                    "let monitor read the tool and duration of a server's last base backup",
                    """
                    sudo -u postgres backup-metrics catalog init --server \
                      --connection postgresql:///postgres --grant-reader monitor
                    """
                ),
            ],
        };
        var server = new Option<bool>("--server")
        {
            Description = "Instead, install backup_metrics.base_backup_history() on a monitored server, as a superuser",
        };
        var writer = new Option<string>("--grant-writer")
        {
            HelpName = "ROLE",
            Description = "Role to grant the rights that import, record and prune need",
        };
        var reader = new Option<string>("--grant-reader")
        {
            HelpName = "ROLE",
            Description = "Role to grant the rights that run and show need",
        };
        var createRoles = new Option<bool>("--create-roles")
        {
            Description =
                "Create the roles that do not exist: those of --grant-writer and --grant-reader, or backup_writer and backup_reader "
                + "(with --server: monitor). They may log in, and have no password",
        };
        command.Options.Add(server);
        var flags = new CatalogFlags(command, DefaultTimeout);
        command.Options.Add(writer);
        command.Options.Add(reader);
        command.Options.Add(createRoles);
        command.SetAction(
            async (parsed, _) =>
            {
                var problems = new List<Problem>();
                var access = flags.Read(parsed, context, problems);
                var (writes, reads) = (parsed.GetValue(writer), parsed.GetValue(reader));
                if (parsed.GetValue(server) && writes is not null)
                    problems.Add(
                        new(
                            ProblemOrigin.Flag,
                            "--grant-writer: not possible with --server, since nothing is written to a monitored server; remove one of them"
                        )
                    );
                ValidateRole("--grant-writer", writes, problems);
                ValidateRole("--grant-reader", reads, problems);
                if (access is null || problems.Count > 0)
                    return CatalogFlags.Report(problems, context);

                var signals = context.Signals;
                var creates = parsed.GetValue(createRoles);
                if (creates)
                {
                    writes ??= parsed.GetValue(server) ? null : CatalogRoles.Writer;
                    reads ??= parsed.GetValue(server) ? CatalogRoles.Monitor : CatalogRoles.Reader;
                }

                var result = parsed.GetValue(server)
                    ? await CatalogInit.InstallHistoryFunctionAsync(access.Connection, reads, access.Timeout, signals.Stop, creates)
                    : await CatalogInit.RunAsync(access.Connection, writes, reads, access.Timeout, signals.Stop, createRoles: creates);
                if (result.Failure is { } failure)
                    return CatalogFlags.Report(failure, "catalog init", context, signals.Received);

                if (!access.Quiet)
                    await context.Error.WriteLineAsync(
                        parsed.GetValue(server) ? "backup_metrics.base_backup_history() is installed" : DescribeResult(result)
                    );
                foreach (var role in result.CreatedRoles)
                    await context.Error.WriteLineAsync(DescribeRole(role));
                await context.Output.WriteAsync(Encoding.UTF8.GetBytes(result.Grants), CancellationToken.None);
                return (int)ExitCode.Success;
            }
        );
        return command;
    }

    static DocumentedCommand Prune(ProcessContext context)
    {
        var command = new DocumentedCommand(
            "prune",
            "Remove backups that their tools deleted long ago, and recorded failures that a success followed"
        )
        {
            Details = "A backup that still exists is never removed.",
            Examples =
            [
                new("once a week", "backup-metrics catalog prune --keep 90d --connection service=catalogue"),
                new(
                    "the same from cron, with a line only when something is wrong",
                    "backup-metrics catalog prune --keep 90d --quiet \\\n  --connection postgresql://backup_writer@db1/backups"
                ),
            ],
        };
        var keep = new Option<string>("--keep")
        {
            HelpName = "DURATION",
            Description = "How long to keep them: 90d",
            Required = true,
        };
        command.Options.Add(keep);
        var flags = new CatalogFlags(command, DefaultTimeout);
        command.SetAction(
            async (parsed, _) =>
            {
                var problems = new List<Problem>();
                var access = flags.Read(parsed, context, problems);
                if (!DurationParser.TryParse(parsed.GetRequiredValue(keep), out var duration))
                    problems.Add(CatalogFlags.InvalidValue("--keep", parsed.GetValue(keep), DurationParser.Allowed));
                if (access is null || problems.Count > 0)
                    return CatalogFlags.Report(problems, context);

                var signals = context.Signals;
                var result = await CatalogPrune.RunAsync(access.Connection, duration, access.Timeout, signals.Stop);
                if (result.Failure is { } failure)
                    return CatalogFlags.Report(failure, "catalog prune", context, signals.Received);
                if (access.Quiet)
                    return (int)ExitCode.Success;
                await context.Error.WriteLineAsync(
                    $"removed {Humanize.Count(result.Deleted + result.Failures, "row")}: {result.Deleted} deleted by their tools, "
                        + $"{Humanize.Count(result.Failures, "old failure")}"
                );
                return (int)ExitCode.Success;
            }
        );
        return command;
    }

    static string DescribeResult(InitResult result) =>
        (
            result.Was switch
            {
                0 => $"created the catalogue, version {CatalogVersion.Known}",
                CatalogVersion.Known => $"the catalogue is already at version {CatalogVersion.Known}",
                _ => $"upgraded the catalogue from version {result.Was} to {CatalogVersion.Known}",
            }
        ) + (result.RepairedCounts > 0 ? $", and corrected {result.RepairedCounts} counts" : "");

    static string DescribeRole(string role)
    {
        var name = role.All(character => char.IsAsciiLetterLower(character) || character == '_') ? role : SqlText.Name(role);
        return PlainText.OnOneLine(
            $"created the role {name}. It has no password: set one with \\password {name} in psql, or admit it in pg_hba.conf without one "
                + "(peer, cert)"
        );
    }

    static void ValidateRole(string flag, string? role, List<Problem> problems)
    {
        if (role is not null && (role.Length == 0 || role.Contains('\0', StringComparison.Ordinal)))
            problems.Add(CatalogFlags.InvalidValue(flag, role, "the name of a role"));
    }
}
