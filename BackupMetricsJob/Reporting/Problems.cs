using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Reporting;

/// <summary>Writes the warnings and the problems of the settings, one per line.</summary>
internal static class Problems
{
    const int MaxLength = 4000;

    /// <summary>Warnings such as those of psql about a password file that other users can read.</summary>
    public static void Warn(JobOptions job, ProcessContext context)
    {
        foreach (var warning in Warnings(job))
            context.Error.WriteLine("warning " + PlainText.OnOneLine(warning, MaxLength));
    }

    public static List<string> Warnings(JobOptions job)
    {
        var warnings = new List<string>(job.Warnings);
        foreach (var target in job.Targets)
        {
            foreach (var warning in target.Target?.Connection.Warnings ?? [])
                warnings.Add($"{target.Instance.Name}: {warning}");
        }

        return warnings;
    }

    /// <returns>The exit code.</returns>
    public static int Report(IReadOnlyList<Problem> problems, OutputOptions output, ProcessContext context)
    {
        foreach (var problem in problems)
        {
            if (output.LogFormat == LogFormat.Json)
                RunSummaryJson.Error(problem.Text, context.Time.GetUtcNow(), context.Error);
            else
                context.Error.WriteLine(problem.Location is null ? "backup-metrics: " + problem.Text : problem.Text);
        }

        return (int)ExitCodes.ForProblems(problems);
    }
}
