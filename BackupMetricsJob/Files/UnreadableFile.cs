namespace BackupMetricsJob.Files;

/// <summary>Why a file cannot be read, for a message that already names the file, because .NET's messages name it again.</summary>
internal static class UnreadableFile
{
    public static string Reason(Exception fault, string path) =>
        fault switch
        {
            FileNotFoundException or DirectoryNotFoundException => "does not exist",
            UnauthorizedAccessException when Directory.Exists(path) => "cannot be read: it is a folder",
            UnauthorizedAccessException => "cannot be read: permission denied",
            _ => "cannot be read: " + PlainText.OnOneLine(fault.Message),
        };
}
