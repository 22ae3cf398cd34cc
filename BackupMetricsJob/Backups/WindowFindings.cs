namespace BackupMetricsJob.Backups;

/// <summary>
/// A restore does not reach back as far as it must, or nobody knows how far; the alert RecoveryWindowTooShort says the same.
/// </summary>
internal static class WindowFindings
{
    public static void Add(List<Finding> findings, ProbeResult result)
    {
        if (result.Instance.Window.Count == 0)
            return;
        if (result.Windows.MinBy(window => window.Start) is { } window)
            AddTooShort(findings, result, window);
        else if (WhyUnknown(result) is { } why)
            findings.Add(
                new(
                    false,
                    $"how far back a restore reaches is not known: {why}",
                    "Take a full backup that is not kept for ever, archive the WAL since then, and see that a source knows of it."
                )
            );
    }

    static void AddTooShort(List<Finding> findings, ProbeResult result, RecoveryWindow window)
    {
        var reach = result.At - window.Start;
        if (WindowLimit.For(result).Where(limit => reach < limit.Min).MaxBy(limit => limit.Severity) is not { } missed)
            return;
        var oldest = RecoveryWindow.Oldest(result.Backups, window.Source, window.Tool);
        findings.Add(
            new(
                missed.Severity == Severity.Critical,
                $"a restore reaches back {Humanize.Duration(reach)}, to {Humanize.Time(window.Start)}, "
                    + $"the {missed.Severity.Name()} limit is {Humanize.Duration(missed.Min)}"
                    + (
                        oldest < window.Start
                            ? $"; the oldest backup is from {Humanize.Time(oldest.Value)}, but the WAL since then is not whole"
                            : ""
                    ),
                $"See for how long {Humanize.ItsTool(window.Tool)} keeps full backups and WAL, and whether somebody deleted some. "
                    + $"If nothing else is deleted, a restore reaches back far enough from {Humanize.Time(window.Start + missed.Min)} on."
            )
        );
    }

    // That there is no backup, and what is wrong with WAL archiving, is reported by itself.
    static string? WhyUnknown(ProbeResult result)
    {
        var full = result
            .Backups.Where(backup => backup is { Type: BackupType.Full or BackupType.Base } && backup.Source != SourceName.Server)
            .ToList();
        var known = BackupFindings
            .Trusted(result)
            .Where(backup => backup.LastSuccess is not null && (backup.Type.IsPhysical() || backup.Type == BackupType.Logical))
            .ToList();
        var state = result.Server is { } server ? ArchiverStates.Classify(server) : null;
        if (
            result is not { Failure: null, SourceFailures.Count: 0 }
            || known.Count == 0
            || state is ArchiverState.Never or ArchiverState.Discarded
            || result.ArchiveAssessment?.Best is { HasHole: true }
            || result.Instance.Sources.All(source => source == SourceName.Server)
        )
            return null;
        if (known.TrueForAll(backup => backup.Type == BackupType.Logical))
            return "only dumps are known, and a dump can be restored to its own moment alone";
        if (state == ArchiverState.Off)
            return "WAL is not archived, so only the moments at which backups ended can be restored";
        if (full.Exists(backup => backup.Oldest is not null))
            return "the tool that has the oldest backup makes none any more, and of the others no full backup is known";
        return full.Find(backup => backup.LastSuccess is not null) is { } kept
            ? $"{Humanize.Tool(kept.Tool)} has no full backup but those that are kept for ever, and the WAL after these need not be kept"
            : "no source knows a full backup";
    }
}
