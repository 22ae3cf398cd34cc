using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration.Yaml;

/// <summary>Words of a file as they stand in a message: on one line, not too long, in quotes.</summary>
internal static class Shown
{
    const int Most = 80;

    public static string Quoted(string text) => $"\"{Words.OnOneLine(text, Most)}\"";
}
