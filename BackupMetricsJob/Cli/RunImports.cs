using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Cli;

/// <summary>
/// The lists that `run --import` imports before it reads the catalogue. A refused list stops neither the other lists nor the run, so that
/// the problem is published.
/// </summary>
internal sealed class RunImports(IReadOnlyList<ImportInput> lists, TimeSpan timeout)
{
    const string LostWithServer = ", which it is lost with: --catalogue URI keeps it on another server";

    readonly List<ImportReport> _results = [];

    public IReadOnlyList<ImportReport> Results => _results;

    public bool Any => lists.Count > 0;

    public static void AddTo(CommandFlags flags)
    {
        var import = JobSettings.Import;
        flags.Add(
            import with
            {
                Help = $"{import.Help} (tools: {string.Join(", ", ImportInput.Tools)})",
                Words = ImportInput.Tools,
            },
            JobSettings.ImportTimeout
        );
    }

    public static RunImports Read(
        GivenSettings settings,
        JobOptions? job,
        OutputOptions output,
        ProcessContext context,
        List<Problem> problems
    )
    {
        var timeout = JobSettings.ImportTimeout.Read(settings, problems) ?? JobDefaults.ImportTimeout;
        var lists = new List<ImportInput>();
        foreach (var setting in settings.All(JobSettings.Import))
        {
            if (TryParse(setting.Value) is not { } list)
            {
                problems.Add(setting.InvalidValue($"TOOL or TOOL=FILE, where TOOL is one of {string.Join(", ", ImportInput.Tools)}"));
                continue;
            }

            if (list.File is null && lists.Exists(other => other.File is null))
                problems.Add(setting.CreateProblem("only one list can come from standard input: give the others as TOOL=FILE"));
            else if (list.FindInputFault(context) is { } fault)
                problems.Add(setting.CreateProblem($"{list.Tool} has no file, and {fault}"));
            else if (list.FindMistypedFile(context) is { } mistyped)
                problems.Add(setting.CreateProblem(mistyped));
            if (job is { Import.Server: null } && ImportInput.NeedsServer(list.Tool))
                problems.Add(new(ProblemOrigin.Flag, $"--instance NAME is missing: {list.Tool} does not name the server in its output"));
            lists.Add(list);
        }

        if (lists.Count > 0 && output.DryRun)
            problems.Add(
                settings
                    .All(JobSettings.Import)[0]
                    .CreateProblem("writes to the catalogue, which a dry run must not: use `import`, and then `run --dry-run`")
            );
        return new(lists, timeout);
    }

    /// <summary>Imports one list after the other.</summary>
    public async Task RunAsync(ImportTarget into, ProcessContext context, RunProgress? progress)
    {
        var options = new ListingOptions(into.Server, TimeZoneInfo.Local, context.Time.GetUtcNow());
        foreach (var list in lists)
        {
            progress?.Enter(RunStage.Importing, lists.Count, timeout);
            var asks = list.Tool == ImportInput.Archive ? into.Probed : null;
            var archived = asks is null ? null : await LastArchived.AskAsync(asks, context.Signals.Stop);
            var named = list with { ServerFlag = "--instance", Listing = list.Listing with { ArchivedNow = archived } };
            var report = await named.ImportAsync(into.Connection, options, allowEmpty: false, timeout, context.Signals.Stop);
            _results.Add(report is { Note: { } note } && into.IsOwnServer ? report with { Note = note + LostWithServer } : report);
        }
    }

    static ImportInput? TryParse(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        var (tool, file) = at < 0 ? (text, "-") : (text[..at], text[(at + 1)..]);
        return ImportInput.Tools.Contains(tool) && file.Length > 0 ? new(tool, file == "-" ? null : file) : null;
    }
}
