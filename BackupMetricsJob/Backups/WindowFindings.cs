namespace BackupMetricsJob.Backups;

/// <summary>
/// Reports that a restore does not reach back far enough, or that nobody knows how far. The alert RecoveryWindowTooShort says the same.
/// </summary>
internal static class WindowFindings
{
    public static void Add(List<Finding> findings, ProbeResult result)
    {
        if (result.Instance.Window.Count == 0)
            return;
        if (result.Windows.MinBy(window => window.Start) is { } window)
            AddTooShort(findings, result, window);
        else if (WhyUnknown(result) is var (why, advice))
            findings.Add(new(false, $"how far back a restore reaches is not known: {why}", advice));
    }

    static void AddTooShort(List<Finding> findings, ProbeResult result, RecoveryWindow window)
    {
        var reach = result.At - window.Start;
        if (WindowLimit.For(result).Where(limit => reach < limit.Min).MaxBy(limit => limit.Severity) is not { } missed)
            return;
        var oldest = RecoveryWindow.Oldest(result.Backups, window.Source, window.Tool) ?? window.Start;
        findings.Add(
            new(
                missed.Severity == Severity.Critical,
                $"a restore reaches back {Humanize.Duration(reach)}, to {Humanize.Time(window.Start)}, "
                    + $"the {missed.Severity.Name()} limit is {Limit(missed)}"
                    + (window.WhyNotOlder is { } why ? $"; the oldest backup is from {Humanize.Time(oldest)}, but {why}" : ""),
                (
                    window.IsListedTooShort
                        ? "List the archive for as long as the window is, so that the WAL since then is seen. "
                        : $"See for how long {Humanize.ItsTool(window.Tool)} keeps full backups and WAL, "
                            + "and whether somebody deleted some. "
                )
                    + $"If nothing else is deleted, the {missed.Severity.Name()} limit is met from "
                    + $"{Humanize.Time(window.Start + (missed.Requested ?? missed.Min))} on."
            )
        );
    }

    static string Limit(WindowLimit limit) =>
        limit.Requested is { } later
            ? $"{Humanize.Duration(later)} ({Humanize.Duration(limit.Min)} for now, since the cluster is young)"
            : Humanize.Duration(limit.Min);

    // A missing backup and problems with WAL archiving are reported separately.
    static (string Why, string Advice)? WhyUnknown(ProbeResult result)
    {
        var state = result.Server is { } server ? ArchiverStates.Classify(server) : null;
        if (
            result is not { Failure: null, SourceFailures.Count: 0 }
            || state is ArchiverState.Never or ArchiverState.Discarded or ArchiverState.Standby
            || result.ArchiveAssessment?.Best is { HasHole: true }
        )
            return null;
        if (result.Instance.Sources.All(source => source == SourceName.Server))
            return result.Instance.IsSharded || result.Backups.Any(backup => backup.Source != SourceName.Server)
                ? null
                : (
                    "a server does not know which backups are kept",
                    "Import the list of the backup tool into a catalogue, and name that as a source. Else do not set window."
                );
        var known = BackupFindings
            .Trusted(result)
            .Where(backup => backup.LastSuccess is not null && (backup.Type.IsPhysical() || backup.Type == BackupType.Logical))
            .ToList();
        if (known.Count == 0)
            return null;
        if (known.TrueForAll(backup => backup.Type == BackupType.Logical))
            return (
                "only dumps are known, and a dump can be restored to its own moment alone",
                "Take base backups and archive the WAL since then. Else do not set window."
            );
        if (state == ArchiverState.Off)
            return (
                "WAL is not archived, so only the moments at which backups ended can be restored",
                "Set archive_mode = on and an archive_command, restart, and take a base backup. Else do not set window."
            );
        return WhyNoFull(result);
    }

    static (string Why, string Advice) WhyNoFull(ProbeResult result)
    {
        if (RecoveryWindow.WhyNone(result) is { } why)
            return ($"no full backup reaches until now: {why}", "Take a full backup.");
        var full = result
            .Backups.Where(backup => backup is { Type: BackupType.Full or BackupType.Base } && backup.Source != SourceName.Server)
            .ToList();
        if (full.Exists(backup => backup.Oldest is not null))
            return (
                "the tool that has the oldest backup makes none any more, and of the others no full backup is known",
                "Take a full backup with the tool that still makes backups."
            );
        return full.Find(backup => backup.LastSuccess is not null) is { } kept
            ? (
                $"{Humanize.Tool(kept.Tool)} has no full backup but those that are kept for ever, and the WAL after these need not be kept",
                "Take a full backup that is not kept for ever."
            )
            : ("no source knows a full backup", "See that a source lists the full backups, too.");
    }
}
