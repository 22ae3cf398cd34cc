namespace BackupMetricsJob.Backups;

/// <summary>
/// Reports too few copies. The longest limit of the target has passed for each missing copy, so this is critical; the alert
/// BackupCopiesMissing says the same. Also reports storages that lack backups that others depend on, or that lost all their backups.
/// </summary>
internal static class CopyFindings
{
    public static void Add(List<Finding> findings, ProbeResult result)
    {
        AddBroken(findings, result);
        AddEmptied(findings, result);
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

    // Backups that cannot be restored from any storage are reported for the tool.
    static void AddBroken(List<Finding> findings, ProbeResult result)
    {
        foreach (var storage in result.Storages)
        {
            var broken = storage.Newest.Where(newest => newest.BrokenChains > 0 && !IsBrokenEverywhere(result, storage, newest.Type));
            foreach (var newest in broken)
                findings.Add(
                    new(
                        false,
                        $"{newest.BrokenChains} of the newest {newest.Type.Name()} backups of {Humanize.Tool(storage.Tool)} cannot be "
                            + $"restored from {storage.Name}: the backup they build on is not in it",
                        $"Take a full backup into {storage.Name}."
                    )
                );
        }
    }

    static void AddEmptied(List<Finding> findings, ProbeResult result)
    {
        foreach (var storage in result.Storages.Where(storage => storage.IsEmptied == true))
            findings.Add(
                new(
                    false,
                    $"{storage.Name} held backups of {Humanize.Tool(storage.Tool)}, and has none now",
                    $"See whether somebody deleted them, and take a full backup into {storage.Name}. If it is no longer used: "
                        + ForgetCommand.Of(result.Instance.Name, storage.Tool, storage.Name)
                )
            );
    }

    static bool IsBrokenEverywhere(ProbeResult result, StorageFacts storage, BackupType type) =>
        result.Backups.Any(backup =>
            backup.Source == storage.Source && backup.Tool == storage.Tool && backup.Type == type && backup.BrokenChains > 0
        );
}
