namespace BackupMetricsJob.Tests.Support;

/// <summary>Finds a program that the tests need. A missing one is an error that says what to install, never a skipped test.</summary>
internal static class Tool
{
    public static string Find(string name, string install)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        foreach (var folder in folders.Concat(["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"]))
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path))
                return path;
        }

        throw new InvalidOperationException($"The tests need the program {name}, which is not on this machine. Install it: {install}");
    }
}
