namespace BackupMetricsJob.Backups;

/// <summary>
/// Lists what is wrong with a database's backups, worst first, by the database's own limits. Only known facts are judged.
/// </summary>
internal static class Findings
{
    const long MinLoss = 1024;

    static readonly TimeSpan NoticeableClockOffset = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<Finding> For(ProbeResult result)
    {
        var findings = new List<Finding>();
        if (result.Failure is { } failure)
            findings.Add(
                new(true, $"the probe failed ({failure.Reason.Name()}): {failure.Message}", ToDo(failure, result)) { IsProbeFailure = true }
            );
        foreach (var (_, failed) in result.SourceFailures)
        {
            if (!ReferenceEquals(failed, result.Failure))
                findings.Add(new(true, failed.Message, ToDo(failed, result)) { IsProbeFailure = true });
        }

        if (result.IsMonitored)
        {
            BackupFindings.Add(findings, result);
            CopyFindings.Add(findings, result);
            WindowFindings.Add(findings, result);
            foreach (var skipped in result.Skipped)
                findings.Add(
                    new(
                        false,
                        $"{Humanize.Count(skipped.Count, "record")} in the last list of {Humanize.Tool(skipped.Tool)} "
                            + $"could not be read: {skipped.Reason}",
                        $"Repeat the command that imports the list of {Humanize.ItsTool(skipped.Tool)} "
                            + "by hand where it is run: it names each of them. "
                            + "What is known without them is not all."
                    )
                );
        }

        var archive = result.ArchiveAssessment;
        if (archive is not null)
            ArchiveFindings.Add(findings, archive, result);

        if (result.Server is { } server)
        {
            AddArchiver(findings, server, result.Instance);
            AddDoubt(findings, result, server, archive);
            AddWaiting(findings, result, server);
            AddLoss(findings, result, server);
        }

        if (result.ConnectedTo is { InRecovery: true, IsAnyOfSeveral: true } standby)
        {
            findings.Add(
                new(
                    false,
                    $"{standby.Host}, the first host that answered, is a standby: the primary's backups and archive are not looked at",
                    "Add target_session_attrs=primary to the connection, so that the primary among the hosts is asked."
                )
            );
        }

        if (result.ClockOffset is { } offset && offset.Duration() > NoticeableClockOffset)
            findings.Add(
                new(
                    false,
                    $"the server's clock is {Humanize.Duration(offset.Duration())} "
                        + $"{(offset > TimeSpan.Zero ? "ahead of" : "behind")} this host's",
                    "Synchronise both clocks (NTP): ages are wrong by as much."
                )
            );
        var needsLabel =
            result.Instance.Limits.Any(limit => limit.Type is LimitType.Base or LimitType.Full)
            && !result.Backups.Any(backup => backup.Source != SourceName.Server && backup.Type.IsPhysical());
        foreach (var missing in result.MissingPrivileges)
        {
            if (missing.IsLabel && !needsLabel)
                continue;
            // A failure may have given the same advice already.
            var finding = new Finding(false, missing.Summary, missing.Advice);
            if (!findings.Exists(other => other.Advice == finding.Advice))
                findings.Add(finding);
        }

        var worstFirst = findings.FindAll(finding => finding.IsCritical);
        worstFirst.AddRange(findings.FindAll(finding => !finding.IsCritical));
        return worstFirst;
    }

    static void AddArchiver(List<Finding> findings, ServerEvidence server, Instance instance)
    {
        if (server is { IsNonArchivingStandby: false, ArchiveMode: not "off", HasArchiveCommand: false })
        {
            findings.Add(
                new(
                    true,
                    "archive_mode is on and archive_command is empty: no WAL is archived, and all of it accumulates in pg_wal",
                    "Set archive_command, or archive_library."
                )
            );
            return;
        }

        switch (ArchiverStates.Classify(server))
        {
            case ArchiverState.Failing:
                findings.Add(
                    new(
                        true,
                        "WAL archiving is failing" + Stuck(server) + Since(server.Archiver),
                        "Fix what archive_command reports in the server's log. Until then WAL accumulates in pg_wal."
                    )
                );
                break;
            case ArchiverState.Never:
                findings.Add(
                    new(
                        true,
                        "no WAL was ever archived, and some is waiting",
                        server.Archiver.FailedCount > 0
                            ? "Fix what archive_command reports in the server's log: it has never succeeded."
                            : "Read the server's log, and look at the archiver process. No failure is counted, so the first attempt is "
                                + "still running, or the command exits with a code above 125."
                    )
                );
                break;
            case ArchiverState.Discarded:
                findings.Add(
                    new(
                        true,
                        $"archive_command throws WAL away: it {Humanize.Discarding(server.DiscardReason!)}, "
                            + "so PostgreSQL believes that the WAL is stored and deletes it",
                        "Set an archive_command that stores the WAL and fails where it cannot. Then take a base backup: "
                            + "none before it can be restored to a later time."
                    )
                );
                break;
            // Without a limit for WAL, the user has said that WAL need not be archived.
            case ArchiverState.Off when instance.Limits.Any(limit => limit.Type == LimitType.Wal):
                findings.Add(
                    new(
                        false,
                        "WAL is not archived (archive_mode is off): a restore ends at the last backup",
                        "Turn archive_mode on, or stream the WAL with pg_receivewal. If a restore may end at the last backup, say so: "
                            + "--max-age wal=none."
                    )
                );
                break;
            default:
                break;
        }
    }

    // Problems with archiving itself are already reported.
    static void AddDoubt(List<Finding> findings, ProbeResult result, ServerEvidence server, ArchiveAssessment? archive)
    {
        if (server.InRecovery || server.ArchiveMode == "off" || result.Loss is { IsByServer: true } || archive?.Best is { HasHole: true })
            return;
        if (ArchiverStates.Classify(server) is ArchiverState.Never or ArchiverState.Discarded)
            return;
        if (RecoveryPoint.Doubt(server, result.Backups, archive) is { } doubt)
            findings.Add(new(false, doubt.Summary, doubt.Advice));
    }

    static void AddWaiting(List<Finding> findings, ProbeResult result, ServerEvidence server)
    {
        if (server.IsNonArchivingStandby || server.Wal is not { OldestReady: { } since } wal)
            return;
        var age = server.Now - since;
        if (BackupFindings.Passed(result.Instance, LimitType.Wal, age) is { } limit)
        {
            findings.Add(
                new(
                    limit.Severity == Severity.Critical,
                    $"WAL has been waiting for {Humanize.Duration(age)} ({Humanize.Waiting(wal)}), "
                        + $"the {limit.Severity.Name()} limit is {Humanize.Duration(limit.MaxAge)}",
                    "Look at the archiver process and at archive_command: it fails, hangs or is too slow."
                )
            );
        }
    }

    // Waiting segments are already reported. A segment with hardly any data is no loss worth reporting, however old it is. Without
    // archiving, the loss is what was written since the last backup, or since a WAL receiver last received any.
    static void AddLoss(List<Finding> findings, ProbeResult result, ServerEvidence server)
    {
        var isArchived = server.ArchiveMode != "off";
        if (
            result.LossWindow is not { } window
            || (isArchived && server is not { Wal: { OldestReady: null, UnarchivedBytes: >= MinLoss } })
        )
            return;
        if (BackupFindings.Passed(result.Instance, LimitType.Wal, window) is { } limit)
        {
            findings.Add(
                new(
                    limit.Severity == Severity.Critical,
                    $"{Humanize.Duration(window)} of work would be lost now, the {limit.Severity.Name()} limit for WAL is "
                        + $"{Humanize.Duration(limit.MaxAge)}",
                    isArchived
                        ? "The current segment fills slowly: set archive_timeout, which ends it in time."
                        : "Archive WAL, or stream it with pg_receivewal and see that it does. Where a restore may end at the last backup, "
                            + "say so: --max-age wal=none."
                )
            );
        }
    }

    static string Stuck(ServerEvidence server) =>
        ArchiverStates.StuckFor(server) is { } span && !server.Archiver.FailedLast
            ? $": nothing was archived for {Humanize.Duration(span)} although WAL is waiting. PostgreSQL counts no failure "
                + "when the command exits with a code above 125 or the library cannot be loaded"
            : "";

    static string Since(ArchiverStatistics archiver) =>
        archiver.LastArchived is { } last ? $"; the last success was at {Humanize.Time(last)}" : "";

    static string ToDo(ProbeFailure failure, ProbeResult result) =>
        failure.Advice
        ?? failure.Reason switch
        {
            FailureReason.Dns => "Check the host name.",
            FailureReason.Refused => "Is PostgreSQL running there? Check host, port and listen_addresses.",
            FailureReason.Network => "Check the network and the server's log.",
            FailureReason.Timeout => "Is the server overloaded, locked up or behind a firewall? --timeout sets how long to wait.",
            FailureReason.Tls => "Check sslmode, the certificates and the server's ssl setting.",
            FailureReason.Auth =>
                "Check the user, the password (where the target or its file has it, PGPASSWORD, ~/.pgpass) and pg_hba.conf.",
            FailureReason.Database => "Check the database's name; any database of the server will do.",
            FailureReason.Busy => "The server is full, starting or stopping: it may answer the next run.",
            FailureReason.Privilege => result.MissingPrivileges.Count > 0
                ? result.MissingPrivileges[0].Advice
                : "Grant the role pg_monitor, and CONNECT on the database.",
            FailureReason.BadData => "Check the clocks of the server and of this host, and its file times.",
            FailureReason.Cancelled => "Run it again.",
            _ => "Read the server's log.",
        };
}
