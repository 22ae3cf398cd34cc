namespace BackupMetricsJob.Backups;

/// <summary>A database and what is wrong with it. Used by `show`, by a plugin's output line and by the page of `schedule`.</summary>
/// <param name="Findings">The problems, worst first; empty for none.</param>
internal sealed record Assessment(ProbeResult Result, Verdict Verdict, IReadOnlyList<Finding> Findings)
{
    /// <summary>Assesses all results, worst first; equal verdicts keep their order.</summary>
    /// <param name="results">The results of the last run.</param>
    /// <param name="isStale">Whether the last run was too long ago.</param>
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
