using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>How a database's backups stand, worst first.</summary>
internal enum Standing
{
    Critical,
    Warning,
    Well,

    /// <summary>A standby, whose backups are its primary's, or a database that only answers for others.</summary>
    NotJudged,
}

/// <summary>A database as `show` judges it.</summary>
/// <param name="Findings">What is wrong with it, worst first; empty where nothing is.</param>
internal sealed record Judged(ProbeResult Result, Standing Standing, IReadOnlyList<Finding> Findings)
{
    /// <summary>All of them, worst first, and in their own order where they stand alike.</summary>
    public static List<Judged> Of(IReadOnlyList<ProbeResult> results)
    {
        var judged = new List<Judged>(results.Count);
        foreach (var result in results)
        {
            var findings = Backups.Findings.Of(result);
            judged.Add(new(result, Of(result, findings), findings));
        }

        return [.. judged.OrderBy(one => one.Standing)];
    }

    static Standing Of(ProbeResult result, IReadOnlyList<Finding> findings) =>
        findings switch
        {
            [{ IsCritical: true }, ..] => Standing.Critical,
            [_, ..] => Standing.Warning,
            _ => !result.IsMonitored || result.Server is { DoesNotArchiveItself: true } ? Standing.NotJudged : Standing.Well,
        };
}
