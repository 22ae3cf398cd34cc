using System.CommandLine;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics import: updates the catalogue from the list of a backup tool.</summary>
internal static class ImportCommand
{
    const string Lists = """
        What makes the list, and TOOL:
          wal-g         wal-g backup-list --detail --json
          pghoard       curl http://localhost:16000/SITE/basebackup
          pgbackrest    pgbackrest info --output=json
          barman        barman -f json list-backups SERVER (or all)
                        barman -f json show-backup SERVER ID
                        barman-cloud-backup-list --format json URL SERVER
          cloudnativepg kubectl get backups,scheduledbackups,clusters -A -o json
          generic       any other tool's, as docs/tools/generic.md describes it

        Or the listing of a WAL archive, as archive:
          pgbackrest repo-ls --recurse --output=json archive/STANZA
          wal-g wal-show --detailed-json
          wal-g wal-verify integrity timeline --json
          rclone lsjson -R --files-only REMOTE:PATH
          find DIR -type f -printf '%T@ %s %P\n'
        """;

    public static Command Create(ProcessContext context)
    {
        var command = new DocumentedCommand("import", "Update the catalogue from the list of backups that a tool prints")
        {
            Details = Lists,
            Examples =
            [
                new("from cron", "pgbackrest info --output=json | backup-metrics import pgbackrest --quiet"),
                new(
                    "a tool that does not name the server",
                    """
                    wal-g backup-list --detail --json |
                      backup-metrics import wal-g --server db1 --connection service=catalogue
                    """
                ),
            ],
        };
        var tool = new Argument<string>("tool") { HelpName = "TOOL", Description = string.Join(", ", ImportInput.Tools) };
        tool.AcceptOnlyFromAmong([.. ImportInput.Tools]);
        var file = new Argument<string?>("file")
        {
            HelpName = "FILE",
            Description = "File with the tool's output (standard input, also as -)",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var server = new Option<string>("--server")
        {
            HelpName = "NAME",
            Description =
                "Server that the backups belong to, if the tool's output does not name it (wal-g, pghoard), or another name for "
                + "the one server that it lists",
        };
        var allowEmpty = new Option<bool>("--allow-empty")
        {
            Description = "Accept a list that is empty or of another cluster: mark the other backups in the catalogue as gone",
        };
        var zone = new Option<string>("--timezone")
        {
            HelpName = "ZONE",
            Description = "Time zone of times without a zone, like Europe/Berlin: that of the host that the tool ran on (this host's)",
        };
        command.Arguments.Add(tool);
        command.Arguments.Add(file);
        command.Options.Add(server);
        var flags = new CatalogFlags(command, JobDefaults.ImportTimeout);
        command.Options.Add(allowEmpty);
        command.Options.Add(zone);
        var archive = new ArchiveFlags(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var problems = new List<Problem>();
                var access = flags.Read(parsed, context, problems);
                var options = new ListingOptions(
                    parsed.GetValue(server),
                    ReadTimeZone(parsed.GetValue(zone), problems),
                    context.Time.GetUtcNow()
                )
                {
                    ZoneIsGiven = parsed.GetValue(zone) is not null,
                };
                if (options.Server is { } name && RowProblem.OfKey(name, "-", "-", "-") is { } wrong)
                    problems.Add(new(ProblemOrigin.Flag, $"--server: {wrong}"));
                if (options.Server is { } said && said.Any(char.IsControl))
                    problems.Add(CatalogFlags.InvalidValue("--server", said, "a name without control characters"));
                if (options.Server is null && ImportInput.NeedsServer(parsed.GetRequiredValue(tool)))
                    problems.Add(
                        new(
                            ProblemOrigin.Flag,
                            $"--server NAME is missing: {parsed.GetRequiredValue(tool)} does not name the server in its output"
                        )
                    );
                var list = new ImportInput(parsed.GetRequiredValue(tool), InputFile(parsed.GetValue(file)));
                if (list.Tool == ImportInput.Archive)
                    list = list with { Listing = archive.Read(parsed, options, problems) };
                if (list.FindInputFault(context) is { } fault)
                    problems.Add(new(ProblemOrigin.Flag, "FILE is missing, and " + fault));
                if (list.FindMistypedFile(context) is { } mistyped)
                    problems.Add(new(ProblemOrigin.Flag, mistyped));
                return access is null || problems.Count > 0
                    ? CatalogFlags.Report(problems, context)
                    : await ImportAsync(list, options, parsed.GetValue(allowEmpty), access, context);
            }
        );
        return command;
    }

    static async Task<int> ImportAsync(
        ImportInput list,
        ListingOptions options,
        bool allowEmpty,
        CatalogAccess access,
        ProcessContext context
    )
    {
        var signals = context.Signals;
        var result = await list.ImportAsync(access.Connection, options, allowEmpty, access.Timeout, signals.Stop);
        if (!access.Quiet || !result.IsAllWell)
            ImportSummary.Write(result, context.Error);
        return result.Failure is { } failure ? CatalogFlags.Report(failure, "import", context, signals.Received) : (int)ExitCode.Success;
    }

    static string? InputFile(string? file) => file is "-" ? null : file;

    static TimeZoneInfo ReadTimeZone(string? name, List<Problem> problems)
    {
        if (name is null)
            return TimeZoneInfo.Local;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
            return zone;
        problems.Add(CatalogFlags.InvalidValue("--timezone", name, "a time zone that this host knows, like UTC or Europe/Berlin"));
        return TimeZoneInfo.Utc;
    }
}
