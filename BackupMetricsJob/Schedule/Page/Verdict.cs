using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>How a database's backups stand, worst first.</summary>
internal enum Verdict
{
    Critical,
    Warning,
    Healthy,

    /// <summary>A standby, whose backups are its primary's, or a database that only answers for others.</summary>
    NotAssessed,
}

/// <summary>A database as `show` judges it.</summary>
/// <param name="Findings">What is wrong with it, worst first; empty where nothing is.</param>
internal sealed record Assessment(ProbeResult Result, Verdict Verdict, IReadOnlyList<Finding> Findings)
{
    /// <summary>All of them, worst first, and in their own order where they stand alike.</summary>
    public static List<Assessment> Assess(IReadOnlyList<ProbeResult> results)
    {
        var judged = new List<Assessment>(results.Count);
        foreach (var result in results)
        {
            var findings = Backups.Findings.For(result);
            judged.Add(new(result, Assess(result, findings), findings));
        }

        return [.. judged.OrderBy(one => one.Verdict)];
    }

    static Verdict Assess(ProbeResult result, IReadOnlyList<Finding> findings) =>
        findings switch
        {
            [{ IsCritical: true }, ..] => Verdict.Critical,
            [_, ..] => Verdict.Warning,
            _ => !result.IsMonitored || result.Server is { DoesNotArchiveItself: true } ? Verdict.NotAssessed : Verdict.Healthy,
        };
}
