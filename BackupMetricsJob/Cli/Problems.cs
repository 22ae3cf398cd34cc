using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Cli;

/// <summary>Tells every problem of the settings, a line each, and gives the exit code.</summary>
internal static class Problems
{
    public static int Tell(IReadOnlyList<Problem> problems, OutputOptions output, Terminal terminal)
    {
        foreach (var problem in problems)
        {
            if (output.LogFormat == LogFormat.Json) RunSummaryJson.Error(problem.Message, terminal.Time.GetUtcNow(), terminal.Error);
            else terminal.Error.WriteLine("backup-metrics: " + problem.Message);
        }

        return (int)ExitCodes.Of(problems);
    }
}
