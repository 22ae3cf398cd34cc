using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Reporting;

/// <summary>Writes what imports changed in the catalogue, and what was not credible.</summary>
internal static class ImportSummary
{
    const int MaxLength = 2000;

    /// <summary>
    /// Writes whether the catalogue was created, the warnings, and what was changed. The command itself reports the failure.
    /// </summary>
    public static void Write(ImportReport import, TextWriter to)
    {
        if (import.Note is { } note)
            to.WriteLine(PlainText.OnOneLine(note, MaxLength));
        foreach (var warning in import.Warnings)
            to.WriteLine("warning: " + PlainText.OnOneLine(warning, MaxLength));
        if (import.Summary is { } summary)
            to.WriteLine(PlainText.OnOneLine(summary, MaxLength));
    }

    /// <summary>For a run, which may have imported several lists: writes them with the failure of each, as text or as JSON.</summary>
    public static void Write(IReadOnlyList<ImportReport> imports, LogFormat format, ProcessContext context)
    {
        foreach (var import in imports)
        {
            if (format == LogFormat.Json)
            {
                WriteJson(import, context);
                continue;
            }

            Write(import, context.Error);
            if (import.Failure is not { } failure)
                continue;
            context.Error.WriteLine($"FAILED import of {import.Tool}: {PlainText.OnOneLine(failure.Message, MaxLength)}");
            if (failure.Recorded is { } recorded)
                context.Error.WriteLine($"  {PlainText.OnOneLine(recorded, MaxLength)}");
        }
    }

    static void WriteJson(ImportReport import, ProcessContext context)
    {
        if (import.Note is { } note)
            Line("info", note);
        foreach (var warning in import.Warnings)
            Line("warning", warning);
        if (import.Summary is { } summary)
            Line("info", summary);
        if (import.Failure is { } failure)
            Line("error", failure.Message);
        if (import.Failure?.Recorded is { } recorded)
            Line("info", recorded);

        void Line(string level, string message) =>
            RunSummaryJson.Line(
                context.Error,
                context.Time.GetUtcNow(),
                "import",
                level,
                json =>
                {
                    json.WriteString("tool", import.Tool);
                    json.WriteString("message", PlainText.OnOneLine(message, MaxLength));
                }
            );
    }
}
