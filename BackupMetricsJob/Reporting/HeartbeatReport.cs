using System.Text;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Reporting;

/// <summary>What a run reports to a heartbeat, and so to the person who is alerted: only what is wrong.</summary>
internal static class HeartbeatReport
{
    /// <summary>healthchecks.io keeps more, other services only this much.</summary>
    const int MaxBytes = 10_000;

    public static HeartbeatMessage Write(RunReport report, ExitCode code, IReadOnlyList<ImportReport> imports)
    {
        var assessments = Assessment.Assess(report.Results);
        var isWell =
            RunSummary.IsAllWell(report, code)
            && imports.All(IsWell)
            && assessments.TrueForAll(one => one.Verdict is Verdict.Healthy or Verdict.NotAssessed);
        return new(isWell, Text(report, assessments, code, imports));
    }

    static string Text(RunReport report, List<Assessment> assessments, ExitCode code, IReadOnlyList<ImportReport> imports)
    {
        var text = new StringBuilder($"{Humanize.Count(assessments.Count, "database")}: {Count(assessments, Verdict.Critical)} critical, ");
        text.Append($"{Count(assessments, Verdict.Unknown)} unknown, {Count(assessments, Verdict.Warning)} with a warning;");
        text.Append($" exit code {(int)code}\n");
        foreach (var import in imports.Where(import => !IsWell(import)))
            text.Append($"the list of {import.Tool}: {PlainText.OnOneLine(import.Failure?.Message ?? import.Warnings[0], 2000)}\n");
        if (report.Textfile is { Failure: not null } file)
            text.Append($"FAILED {PlainText.OnOneLine(file.Describe())}\n");
        foreach (var push in report.Pushes.Where(push => !push.Outcome.Arrived))
            text.Append($"FAILED {push.Outcome.Describe()}\n");
        foreach (var one in assessments)
        {
            foreach (var finding in one.Findings)
                text.Append($"{RunSummary.Line(one.Result, finding)}\n");
        }

        return Cut(text.ToString());
    }

    // A newly created catalogue is no reason to alert.
    static bool IsWell(ImportReport import) => import is { Failure: null, Warnings.Count: 0 };

    static int Count(List<Assessment> assessments, Verdict verdict) => assessments.Count(one => one.Verdict == verdict);

    /// <summary>Cuts the text after a whole line, and adds how many lines are left out.</summary>
    static string Cut(string text)
    {
        var (length, lines) = (0, text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        for (var i = 0; i < lines.Length; i++)
        {
            length += Encoding.UTF8.GetByteCount(lines[i]) + 1;
            if (length > MaxBytes - 40)
                return $"{string.Join('\n', lines[..i])}\nand {Humanize.Count(lines.Length - i, "more line")}\n";
        }

        return text;
    }
}
