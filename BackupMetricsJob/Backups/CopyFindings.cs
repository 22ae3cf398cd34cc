namespace BackupMetricsJob.Backups;

/// <summary>
/// Too few copies. The longest limit of the target has passed for each that is missing, so it is critical; the alert BackupCopiesMissing
/// says the same.
/// </summary>
internal static class CopyFindings
{
    public static void Add(List<Finding> findings, ProbeResult result)
    {
        if (result.Instance.Copies is not { } asked || result.Copies is not { } copies || copies.Count >= asked)
            return;
        var missing = copies.Storages.Where(copy => copy.WhyNot is not null).ToList();
        var why = string.Concat(missing.Select(copy => $"; {copy.Name}: {copy.WhyNot}"));
        findings.Add(
            new(
                true,
                $"{Humanize.Count(copies.Count, "storage")} {(copies.Count == 1 ? "has" : "have")} a backup that is new enough, "
                    + $"{asked} {(asked == 1 ? "is" : "are")} asked for (copies: {asked}){why}",
                missing.Count > 0
                    ? $"Read the log of {Humanize.ItsTool(missing[0].Tool)}: "
                        + $"see that it can read {missing[0].Place}, and that backups into it are scheduled."
                    : "Only the catalogue knows storages: import the list of every one of them, or ask for fewer copies."
            )
        );
    }
}
