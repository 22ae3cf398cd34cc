namespace BackupMetricsJob.Backups;

/// <summary>The assessment of a database's backups, worst first.</summary>
internal enum Verdict
{
    Critical,
    Warning,
    Healthy,

    /// <summary>
    /// A standby, whose backups are its primary's; a database that only holds facts about others; or one of which nothing is known.
    /// </summary>
    NotAssessed,
}

/// <summary>A database and what is wrong with it, for everyone who says so: `show`, a plugin's line, the page of `schedule`.</summary>
/// <param name="Findings">The problems, worst first; empty for none.</param>
internal sealed record Assessment(ProbeResult Result, Verdict Verdict, IReadOnlyList<Finding> Findings)
{
    /// <summary>Worst first; otherwise in the original order.</summary>
    public static List<Assessment> Assess(IReadOnlyList<ProbeResult> results)
    {
        var assessments = new List<Assessment>(results.Count);
        foreach (var result in results)
        {
            var findings = BackupMetricsJob.Backups.Findings.For(result);
            assessments.Add(new(result, Assess(result, findings), findings));
        }

        return [.. assessments.OrderBy(one => one.Verdict)];
    }

    static Verdict Assess(ProbeResult result, IReadOnlyList<Finding> findings) =>
        findings switch
        {
            [{ IsCritical: true }, ..] => Verdict.Critical,
            [_, ..] => Verdict.Warning,
            _ when !result.IsMonitored || result.Server is { DoesNotArchiveItself: true } => Verdict.NotAssessed,
            _ when result is { Server: null, Backups.Count: 0 } => Verdict.NotAssessed,
            _ => Verdict.Healthy,
        };
}
