using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Cli;

/// <summary>
/// The lists that `run --import` imports before it reads the catalogue. One that is refused keeps neither the others nor the run from being
/// done, so that what is wrong is published.
/// </summary>
internal sealed class RunImports(IReadOnlyList<ToolList> lists, TimeSpan timeout)
{
    readonly List<ImportResult> _results = [];

    public IReadOnlyList<ImportResult> Results => _results;

    public bool Any => lists.Count > 0;

    /// <summary>What was done beside the imports, to be told; null if nothing was.</summary>
    public string? Note { get; private set; }

    public static void AddTo(FlagSet flags)
    {
        flags.AddMany(
            "import",
            "TOOL[=FILE]",
            $"Import the list that a tool prints ({string.Join(", ", ToolOutput.Tools)}) before the run, from FILE or standard input: "
                + "the backups of --instance, or with --source catalog those of each server that the list names; repeatable"
        );
        flags.AddDuration("import-timeout", "Timeout for each import", ImportCommand.DefaultTimeout);
    }

    public static RunImports Read(Settings settings, JobOptions? job, OutputOptions output, ProcessContext context, List<Problem> problems)
    {
        var timeout = DurationParser.Read(settings.One("import-timeout"), problems) ?? ImportCommand.DefaultTimeout;
        var lists = new List<ToolList>();
        foreach (var setting in settings.All("import"))
        {
            if (TryParse(setting.Value) is not { } list)
            {
                problems.Add(setting.InvalidValue($"TOOL or TOOL=FILE, where TOOL is one of {string.Join(", ", ToolOutput.Tools)}"));
                continue;
            }

            if (list.File is null && lists.Exists(other => other.File is null))
                problems.Add(setting.CreateProblem("only one list can come from standard input: give the others as TOOL=FILE"));
            else if (list.FindInputFault(context) is { } fault)
                problems.Add(setting.CreateProblem($"{list.Tool} has no file, and {fault}"));
            if (job is { Import.Server: null } && ToolOutput.NeedsServer(list.Tool))
                problems.Add(
                    new(ProblemOrigin.Flag, $"--instance NAME is missing: {list.Tool} does not name the server in its output")
                );
            lists.Add(list);
        }

        if (lists.Count > 0 && output.DryRun)
            problems.Add(
                settings.All("import")[0]
                    .CreateProblem("writes to the catalogue, which a dry run must not: use `import`, and then `run --dry-run`")
            );
        return new(lists, timeout);
    }

    /// <summary>One list after the other. Makes the catalogue where there is none.</summary>
    public async Task RunAsync(ImportTarget into, ProcessContext context, RunProgress? progress)
    {
        var options = new ListingOptions(into.Server, TimeZoneInfo.Local, context.Time.GetUtcNow());
        var stop = context.Signals.Stop;
        foreach (var list in lists)
        {
            progress?.Enter(RunStage.Importing, lists.Count, timeout);
            var result = await list.ImportAsync(into.Connection, options, allowEmpty: false, timeout, stop);
            if (result.Failure is { IsNoCatalogue: true })
            {
                // Nothing was read from the list yet.
                result.Failure = await CatalogCreation.RunAsync(into.Connection, timeout, stop);
                if (result.Failure is null)
                {
                    Note = $"created the catalogue (schema backup_metrics) in {into.Connection.Description}";
                    result = await list.ImportAsync(into.Connection, options, allowEmpty: false, timeout, stop);
                }
            }

            _results.Add(result);
        }
    }

    static ToolList? TryParse(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        var (tool, file) = at < 0 ? (text, "-") : (text[..at], text[(at + 1)..]);
        return ToolOutput.Tools.Contains(tool) && file.Length > 0 ? new(tool, file == "-" ? null : file) : null;
    }
}
