namespace BackupMetricsJob.Backups;

/// <summary>
/// What is wrong with the backups themselves: too old, never made, failed, with errors, too small, not restorable, never restored.
/// </summary>
internal static class BackupFindings
{
    /// <summary>
    /// A backup smaller than this fraction of the usual size is reported. A nightly full backup does not shrink to half by itself.
    /// </summary>
    const double SmallRatio = 0.5;

    const string Take =
        "Take one. A server knows only the backups that were taken from itself, not those from before a failover or from a standby. "
        + "If you make only dumps, say so: --max-age base=none.";

    public static void Add(List<Finding> findings, ProbeResult result)
    {
        AddBase(findings, result);
        AddByType(findings, result, LimitType.Full, BackupType.Full, "full backup");
        AddByType(findings, result, LimitType.Logical, BackupType.Logical, "logical backup");
        AddByType(findings, result, LimitType.RestoreTest, BackupType.RestoreTest, "restore test");
        RestoreTestFindings.Add(findings, result);
        foreach (var backup in result.Backups)
        {
            AddState(findings, backup, result.At);
            if (result.Server is { ArchiveMode: "off", InRecovery: false } && backup is { LastSuccess: not null, MayLackItsWal: true })
                findings.Add(LacksWal(backup));
        }
    }

    /// <summary>
    /// The limit of this type that <paramref name="age"/> exceeds, the critical one if both are exceeded; null if none is.
    /// </summary>
    public static AgeLimit? Passed(Instance instance, LimitType type, TimeSpan age)
    {
        AgeLimit? passed = null;
        foreach (var limit in instance.Limits)
        {
            if (limit.Type == type && age > limit.MaxAge && passed?.Severity != Severity.Critical)
                passed = limit;
        }

        return passed;
    }

    static void AddBase(List<Finding> findings, ProbeResult result)
    {
        if (Newest(Trusted(result), BackupTypeNames.IsPhysical) is { } newest)
            AddAge(findings, result, LimitType.Base, newest, "base backup");
        else if (
            result is { Failure: null, SourceFailures.Count: 0 } or { Server: not null }
            && IsCritical(result.Instance, LimitType.Base) is { } critical
        )
            AddNoBase(findings, result, critical);
    }

    /// <summary>The backups that count. Backups known only to the server are left out if another source may know better.</summary>
    public static IReadOnlyList<BackupFacts> Trusted(ProbeResult result) =>
        TrustsServer(result) ? result.Backups : [.. result.Backups.Where(backup => backup.Source != SourceName.Server)];

    /// <summary>Whether this backup can meet a limit; see <see cref="Trusted"/>.</summary>
    public static bool IsTrusted(ProbeResult result, BackupFacts backup) => backup.Source != SourceName.Server || TrustsServer(result);

    /// <summary>
    /// Whether a base backup that only the server reports counts. It does not if another source may know base backups and knows none. The
    /// alerts use the same rule, postgres_backup:physical_source.
    /// </summary>
    static bool TrustsServer(ProbeResult result) =>
        result
            .Instance.Sources.Concat(result.Backups.Select(backup => backup.Source))
            .Where(source => source != SourceName.Server)
            .All(source =>
            {
                var known = result.Backups.Where(backup =>
                    backup.Source == source && backup is { LastSuccess: not null, Type: not BackupType.Wal }
                );
                return known.Any() && known.All(backup => backup.Type == BackupType.Logical);
            });

    // If nobody looked for a base backup, or nobody could, there may still be one.
    static void AddNoBase(List<Finding> findings, ProbeResult result, bool isCritical)
    {
        const string Known = "no base backup is known";
        if (result.Server is not { } server)
            findings.Add(new(isCritical, Known, "Take one; if you make only dumps, say so: --max-age base=none."));
        else if (
            server.InRecovery
            || result.Failure?.Reason == FailureReason.BadData
            || result.SourceFailures.Any(other => other.Source != SourceName.Server)
        )
            return;
        else if (result.Backups.Any(backup => backup is { Source: SourceName.Server, LastSuccess: not null } && backup.Type.IsPhysical()))
            findings.Add(
                new(
                    isCritical,
                    Known + " but to the server, which cannot say whether it was stored",
                    "Import the list of the tool that made it, under this name (--instance, import --server). Or ask the server alone."
                )
            );
        else if (server.HistoryWasRead && server.ArchiveMode == "off")
            findings.Add(
                new(
                    isCritical,
                    Known + ": with archive_mode off, a server keeps no trace of one",
                    "Turn archive_mode on, and take one. If your tool has some, report them: backup-metrics import, "
                        + "backup-metrics record. If you make only dumps, say so: --max-age base=none."
                )
            );
        else if (server.HistoryWasRead)
            findings.Add(new(isCritical, Known, Take));
        else if (result.Failure is null && result.Omissions.HasFlag(Omissions.Wal))
            findings.Add(
                new(
                    isCritical,
                    Known + ": the server is not asked for one (without: wal)",
                    "Name a source that knows its backups (catalog, query), or say that there are none: --max-age base=none."
                )
            );
    }

    static void AddByType(List<Finding> findings, ProbeResult result, LimitType limit, BackupType type, string what)
    {
        if (Newest(result.Backups, other => other == type) is { } newest)
            AddAge(findings, result, limit, newest, what);
        else if (
            IsCritical(result.Instance, limit) is { } critical
            && result is { Failure: null, SourceFailures.Count: 0 }
            // A standby leaves backups to its primary.
            && (limit == LimitType.RestoreTest || result.Server is not { InRecovery: true })
        )
            findings.Add(
                new(
                    critical,
                    $"no {what} is known",
                    type == BackupType.RestoreTest ? "Restore one, and record it: backup-metrics record --type restore_test." : "Take one."
                )
            );
    }

    static void AddAge(List<Finding> findings, ProbeResult result, LimitType type, BackupFacts newest, string what)
    {
        if (Passed(result.Instance, type, newest.Age!.Value) is not { } limit)
            return;
        findings.Add(
            new(
                limit.Severity == Severity.Critical,
                $"the newest {what} is {Humanize.Duration(newest.Age.Value)} old, "
                    + $"the {limit.Severity.Name()} limit is {Humanize.Duration(limit.MaxAge)}",
                $"Find out why {Humanize.ItsTool(newest.Tool)} has made none since {Humanize.Time(newest.LastSuccess!.Value)}, "
                    + $"and {(newest.Type == BackupType.RestoreTest ? "restore" : "take")} one."
            )
        );
    }

    static void AddState(List<Finding> findings, BackupFacts backup, DateTimeOffset now)
    {
        var what = backup.Type switch
        {
            BackupType.RestoreTest => $"restore test of {Humanize.Tool(backup.Tool)}",
            BackupType.Wal => $"WAL upload of {Humanize.Tool(backup.Tool)}",
            _ => $"{backup.Type.Name()} backup of {Humanize.Tool(backup.Tool)}",
        };
        if (backup.LastHasErrors == true)
            findings.Add(
                new(
                    true,
                    $"the newest {what} has errors in it",
                    $"Read the log of {Humanize.ItsTool(backup.Tool)}: pages of the database are damaged, and the "
                        + "copy, too. Keep an older one."
                )
            );
        if (backup.BrokenChains > 0)
            findings.Add(
                new(
                    true,
                    $"{backup.BrokenChains} of the newest {backup.Type.Name()} backups of {Humanize.Tool(backup.Tool)} cannot be restored: "
                        + "the backup they build on is gone",
                    "Take a full backup."
                )
            );
        // A waiting restore test is a drill without a verdict.
        if (backup is { Type: not BackupType.RestoreTest, Counts: { Waiting: > 0 and var waiting } })
            findings.Add(
                new(
                    false,
                    $"{waiting} {backup.Type.Name()} {(waiting == 1 ? "backup" : "backups")} "
                        + $"of {Humanize.Tool(backup.Tool)} cannot be restored: "
                        + $"the WAL since {(waiting == 1 ? "its" : "their")} start has not arrived",
                    $"Look why WAL does not reach {Humanize.ItsTool(backup.Tool)}"
                        + (backup.Tool == "barman" ? ": barman check SERVER." : ".")
                )
            );
        if (backup is { IsDatedByObject: true, LastSuccess: not null })
            findings.Add(
                new(
                    false,
                    $"the newest {what} is dated by when its object was stored, not by when it finished: a copy looks new",
                    backup.Tool == "wal-g"
                        ? "Import the whole list of wal-g: wal-g backup-list --detail --json."
                        : $"Import a list of {Humanize.ItsTool(backup.Tool)} that says when backups finished, if a newer version has one."
                )
            );
        if (backup.LastFailure is { } failed && !(backup.LastSuccess >= failed))
            findings.Add(
                new(
                    backup.Type == BackupType.RestoreTest,
                    $"the last {what} failed at {Humanize.Time(failed)}{Reason(backup)}",
                    backup.Type == BackupType.RestoreTest
                        ? RestoreTestAdvice.For(backup)
                        : $"Read the log of {Humanize.ItsTool(backup.Tool)}."
                )
            );
        if (backup is { SizeRatio: < SmallRatio, Type: BackupType.Full or BackupType.Base or BackupType.Logical })
            findings.Add(
                new(
                    false,
                    $"the newest {what} has {Humanize.Percent(backup.SizeRatio.Value)} of the usual size",
                    "Check that all databases and tablespaces are still in it."
                )
            );
        if (backup.Running is { Longest: { } longest } running && now - running.Since > longest)
            findings.Add(
                new(
                    false,
                    $"a {what} has been running for {Humanize.Duration(now - running.Since)}, "
                        + $"longer than any before it ({Humanize.Duration(longest)})",
                    "Check whether it hangs."
                )
            );
    }

    // Without an archive, that WAL is nowhere else.
    static Finding LacksWal(BackupFacts backup) =>
        backup.HasItsWal == false
            ? new(
                false,
                $"the newest {backup.Type.Name()} backup of {backup.Tool} has no WAL in it, and with archive_mode off none is archived: it "
                    + "cannot be restored",
                "Take one with pg_basebackup -X stream."
            )
            : new(
                false,
                $"whether the newest {backup.Type.Name()} backup of {backup.Tool} has its WAL in it is not known, and with archive_mode "
                    + "off none is archived",
                "Say how it is made: backup-metrics record --wal stream, or --size-of with its directory."
            );

    /// <summary>A drill records why it failed. The log of the backup tool does not tell.</summary>
    static string Reason(BackupFacts backup) =>
        backup is { Type: BackupType.RestoreTest, LastTest: { Succeeded: false, Failure: { } why } }
            ? ": " + PlainText.OnOneLine(why, 500).TrimEnd('.')
            : "";

    static BackupFacts? Newest(IReadOnlyList<BackupFacts> backups, Func<BackupType, bool> isMeant)
    {
        BackupFacts? newest = null;
        foreach (var backup in backups)
        {
            if (backup is { LastSuccess: not null, Age: { } age } && isMeant(backup.Type) && !(newest?.Age <= age))
                newest = backup;
        }

        return newest;
    }

    /// <summary>Whether a limit of this type is critical; null if there is no such limit.</summary>
    static bool? IsCritical(Instance instance, LimitType type)
    {
        bool? critical = null;
        foreach (var limit in instance.Limits)
        {
            if (limit.Type == type)
                critical = critical == true || limit.Severity == Severity.Critical;
        }

        return critical;
    }
}
