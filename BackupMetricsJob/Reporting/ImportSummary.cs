using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Reporting;

/// <summary>Writes what an import changed in the catalogue, and what it could not believe.</summary>
internal static class ImportSummary
{
    const int MaxSkippedLines = 10;
    const int MaxLength = 2000;

    /// <summary>Whether it was done, and there is nothing to warn of.</summary>
    public static bool IsAllWell(ImportResult result) => result.Failure is null && Warnings(result).Count == 0;

    /// <summary>The warnings and the counts; nothing of a failure but what was committed before it.</summary>
    public static void Write(ImportResult result, TextWriter to)
    {
        if (result is { Failure: not null, Servers: 0 })
            return;
        foreach (var warning in Warnings(result))
            to.WriteLine("warning: " + PlainText.OnOneLine(warning));
        to.WriteLine(Counts(result));
    }

    /// <summary>For a run, which has imported several lists: with the failure of each, as text or as JSON.</summary>
    /// <param name="imports">The lists.</param>
    /// <param name="note">What was done beside the imports; null if nothing was.</param>
    public static void Write(IReadOnlyList<ImportResult> imports, string? note, LogFormat format, ProcessContext context)
    {
        if (note is not null && format == LogFormat.Json)
            RunSummaryJson.Line(context.Error, context.Time.GetUtcNow(), "import", "info", json => json.WriteString("message", note));
        else if (note is not null)
            context.Error.WriteLine(PlainText.OnOneLine(note));
        foreach (var result in imports)
        {
            if (format == LogFormat.Json)
            {
                WriteJson(result, context);
                continue;
            }

            Write(result, context.Error);
            if (result.Failure is { } failure)
                context.Error.WriteLine($"FAILED import of {result.Tool}: {PlainText.OnOneLine(failure.Message, MaxLength)}");
        }
    }

    static List<string> Warnings(ImportResult result)
    {
        var warnings = new List<string>();
        foreach (var (server, error) in result.Errors)
            warnings.Add(
                $"{result.Tool} could not list \"{server}\". The catalogue has recorded this; the backups of the server are unchanged: {error}"
            );
        foreach (var skipped in result.Skipped.Take(MaxSkippedLines))
            warnings.Add(
                $"skipped the backup {skipped.BackupId ?? "without a name"} of \"{skipped.OfServer ?? "unknown"}\": {skipped.Problem}"
            );
        foreach (var server in result.DatedByObjects)
            warnings.Add(
                $"the list of \"{server}\" has no times at which backups finished, only those at which their objects were stored: "
                    + $"a copied backup looks new. Import `{ToolOutput.Command(result.Tool)}`"
            );
        return warnings;
    }

    static string Counts(ImportResult result)
    {
        var counts = string.Create(
            CultureInfo.InvariantCulture,
            $"{result.New} new, {result.Changed} changed, {result.Gone} gone, {result.Unchanged} unchanged"
        );
        if (result.Skipped.Count > 0)
            counts += string.Create(CultureInfo.InvariantCulture, $", {result.Skipped.Count} skipped");
        return $"{result.Tool}: {counts} ({Humanize.Count(result.Servers, "server")})";
    }

    static void WriteJson(ImportResult result, ProcessContext context)
    {
        var now = context.Time.GetUtcNow();
        foreach (var warning in Warnings(result))
            RunSummaryJson.Line(context.Error, now, "import", "warning", json => json.WriteString("message", PlainText.OnOneLine(warning)));
        RunSummaryJson.Line(
            context.Error,
            now,
            "import",
            result.Failure is null ? "info" : "error",
            json =>
            {
                json.WriteString("tool", result.Tool);
                json.WriteNumber("new", result.New);
                json.WriteNumber("changed", result.Changed);
                json.WriteNumber("gone", result.Gone);
                json.WriteNumber("unchanged", result.Unchanged);
                json.WriteNumber("skipped", result.Skipped.Count);
                json.WriteNumber("servers", result.Servers);
                json.WriteString("message", PlainText.OnOneLine(result.Failure?.Message ?? Counts(result), MaxLength));
            }
        );
    }
}
