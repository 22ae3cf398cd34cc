namespace BackupMetricsJob.Schedule.Page;

/// <summary>What every page has.</summary>
internal static class PageParts
{
    public static string ContentSecurityPolicy => "default-src 'none'";
}
