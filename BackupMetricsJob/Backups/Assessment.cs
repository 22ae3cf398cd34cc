namespace BackupMetricsJob.Backups;

/// <summary>A database and what is wrong with it, for everyone who says so: `show`, a plugin's line, the page of `schedule`.</summary>
/// <param name="Findings">The problems, worst first; empty for none.</param>
internal sealed record Assessment(ProbeResult Result, Verdict Verdict, IReadOnlyList<Finding> Findings)
{
    /// <summary>Worst first; otherwise in the original order.</summary>
    /// <param name="results">Of the last run.</param>
    /// <param name="isStale">Whether that run was too long ago.</param>
    public static List<Assessment> Assess(IReadOnlyList<ProbeResult> results, bool isStale = false)
    {
        var assessments = new List<Assessment>(results.Count);
        foreach (var result in results)
        {
            var findings = BackupMetricsJob.Backups.Findings.For(result);
            assessments.Add(new(result, Verdicts.For(result, findings, isStale), findings));
        }

        return [.. assessments.OrderBy(one => one.Verdict)];
    }
}
