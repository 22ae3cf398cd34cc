using System.CommandLine;
using System.Runtime.CompilerServices;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics import: updates the catalogue from the list of a backup tool.</summary>
internal static class ImportCommand
{
    const int MaxSkippedLines = 10;

    public static Command Create(ProcessContext context)
    {
        var command = new Command(
            "import",
            """
            Update the catalogue from the list of backups that a tool prints:
              wal-g backup-list --detail --json        curl http://localhost:16000/SITE/basebackup (pghoard)
              pgbackrest info --output=json            barman -f json list-backups SERVER|all, barman -f json show-backup SERVER ID
                                                       barman-cloud-backup-list --format json URL SERVER
            """
        );
        var tool = new Argument<string>("tool") { HelpName = "TOOL", Description = string.Join(", ", ToolOutput.Tools) };
        tool.AcceptOnlyFromAmong([.. ToolOutput.Tools]);
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
        var flags = new CatalogFlags(command, TimeSpan.FromMinutes(10));
        command.Options.Add(allowEmpty);
        command.Options.Add(zone);
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
                if (options.Server is null && ToolOutput.NeedsServer(parsed.GetRequiredValue(tool)))
                    problems.Add(
                        new(
                            ProblemOrigin.Flag,
                            $"--server NAME is missing: {parsed.GetRequiredValue(tool)} does not name the server in its output"
                        )
                    );
                if (InputFile(parsed.GetValue(file)) is null && !context.HasInput)
                    problems.Add(
                        new(
                            ProblemOrigin.Flag,
                            "FILE is missing, and standard input is closed: name a file, or pipe the tool's output into this command"
                        )
                    );
                else if (InputFile(parsed.GetValue(file)) is null && !Console.IsInputRedirected)
                    problems.Add(
                        new(
                            ProblemOrigin.Flag,
                            "FILE is missing, and standard input is a terminal: name a file, or pipe the tool's output into this command"
                        )
                    );
                return access is null || problems.Count > 0
                    ? CatalogFlags.Report(problems, context)
                    : await ImportAsync(
                        parsed.GetRequiredValue(tool),
                        InputFile(parsed.GetValue(file)),
                        options,
                        parsed.GetValue(allowEmpty),
                        access,
                        context
                    );
            }
        );
        return command;
    }

    static async Task<int> ImportAsync(
        string tool,
        string? file,
        ListingOptions options,
        bool allowEmpty,
        CatalogAccess access,
        ProcessContext context
    )
    {
        var signals = context.Signals;
        var output = ReadAsync(tool, file, options, signals.Stop);
        var result = await CatalogImport.RunAsync(
            access.Connection,
            tool,
            output,
            allowEmpty,
            access.Timeout,
            signals.Stop,
            ImportOrigin.Here(options.Server)
        );
        if (result.Failure is null || result.Servers > 0)
            Report(result, context);
        return result.Failure is { } failure ? CatalogFlags.Report(failure, "import", context, signals.Received) : (int)ExitCode.Success;
    }

    /// <summary>The file is opened here, within the timeout, because opening a pipe that nobody writes to never returns.</summary>
    static async IAsyncEnumerable<Listed> ReadAsync(
        string tool,
        string? file,
        ListingOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var input = file is null ? Console.OpenStandardInput() : Open(file);
        await foreach (var item in ToolOutput.ReadAsync(tool, input, options, cancellationToken))
            yield return item;
    }

    static FileStream Open(string file)
    {
        try
        {
            return File.OpenRead(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ListingException("", $"{file} cannot be read: {e.Message}");
        }
    }

    static void Report(ImportResult result, ProcessContext context)
    {
        foreach (var (server, error) in result.Errors)
            context.Error.WriteLine(
                PlainText.OnOneLine(
                    $"warning: {result.Tool} could not list \"{server}\". The catalogue has recorded this; the backups of the server are "
                        + $"unchanged: {error}"
                )
            );
        foreach (var (server, repository) in result.Unreadable)
            context.Error.WriteLine(
                PlainText.OnOneLine(
                    $"warning: {result.Tool} could not read {repository.Storage} of \"{server}\". The catalogue has recorded this; "
                        + $"the backups in it are unchanged, and those in the others are imported: {repository.Error}"
                )
            );
        foreach (var (server, backups, cluster) in result.History)
            context.Error.WriteLine(
                PlainText.OnOneLine(
                    $"warning: {Humanize.Count(backups, "backup")} of \"{server}\" {(backups == 1 ? "is" : "are")} history now: "
                        + $"the server is another cluster than the one that they are of ({cluster})"
                )
            );
        foreach (var skipped in result.Skipped.Take(MaxSkippedLines))
            context.Error.WriteLine(
                PlainText.OnOneLine(
                    $"warning: skipped the backup {skipped.BackupId ?? "without a name"} of \"{skipped.OfServer ?? "unknown"}\": "
                        + skipped.Problem
                )
            );
        foreach (var server in result.DatedByObjects)
            context.Error.WriteLine(
                PlainText.OnOneLine(
                    $"warning: the list of \"{server}\" has no times at which backups finished, "
                        + "only those at which their objects were stored: "
                        + $"a copied backup looks new. Import `{ToolOutput.Command(result.Tool)}`"
                )
            );
        var servers = Humanize.Count(result.Servers, "server");
        var counts = $"{result.New} new, {result.Changed} changed, {result.Gone} gone, {result.Unchanged} unchanged";
        if (result.Skipped.Count > 0)
            counts += $", {result.Skipped.Count} skipped";
        context.Error.WriteLine($"{result.Tool}: {counts} ({servers})");
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
