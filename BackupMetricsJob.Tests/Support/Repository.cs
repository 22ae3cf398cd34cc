namespace BackupMetricsJob.Tests.Support;

/// <summary>Where this repository is on the disk: the nearest folder above the test assembly with the solution in it.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Tests => Path.Combine(Root, "BackupMetricsJob.Tests");

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BackupMetricsJob.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"There is no BackupMetricsJob.slnx above {AppContext.BaseDirectory}.");
    }
}
