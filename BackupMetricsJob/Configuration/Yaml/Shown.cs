using BackupMetricsJob.Targets;

namespace BackupMetricsJob.Configuration.Yaml;

/// <summary>Words of a file as they stand in a message: on one line, not too long, in quotes; *** for what looks like a connection with its password.</summary>
internal static class Shown
{
    const int Most = 80;

    public static string Quoted(string text) => MistakenForm.IsIn(text) ? "***" : $"\"{Words.OnOneLine(text, Most)}\"";
}
