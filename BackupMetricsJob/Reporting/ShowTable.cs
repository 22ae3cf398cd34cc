using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// What a person wants to read at three in the morning: per database what there is, what would be lost, what is wrong, what to do.
/// </summary>
internal static class ShowTable
{
    const int Widest = 2000;

    public static void Write(IReadOnlyList<ProbeResult> results, TextWriter to)
    {
        var first = true;
        foreach (var result in results)
        {
            if (!first)
                to.WriteLine();
            first = false;
            Write(result, to);
        }
    }

    static void Write(ProbeResult result, TextWriter to)
    {
        to.WriteLine($"{PlainText.OnOneLine(result.Instance.Name)}  {Server(result)}");
        foreach (var backup in result.Backups)
            ShowBackup.Write(backup, result.Instance, (name, text) => Row(to, name, text));
        if (result.Server is { } server)
            WriteArchive(server, result, to);
        if (result.Loss is { } loss)
            Row(to, "lost if it died now", $"{Humanize.Duration(loss.Window)} of work at most{Proviso(loss)}");
        if (result.ReplayBytes is { } replay)
            Row(to, "a restore replays", $"{Humanize.Bytes(replay)} of WAL");
        var findings = Findings.For(result);
        foreach (var finding in findings)
        {
            Row(to, finding.IsCritical ? "CRITICAL" : "WARNING", finding.Summary);
            Row(to, "  do", finding.Advice);
        }

        if (findings.Count > 0)
            return;
        Row(
            to,
            result switch
            {
                { IsMonitored: false } => "it answers for others; its own backups are not asked for",
                { Server: { DoesNotArchiveItself: true } } => "nothing is judged here: a standby's backups and archive are its primary's",
                { Without: var without } when (without & Omissions.Wal) != 0 =>
                    "nothing wrong is known; pg_wal is not looked into (without: wal)",
                _ => $"nothing wrong is known, by the word of {string.Join(", ", result.SourcesThatAnswered)}; only a restore proves it",
            },
            ""
        );
    }

    /// <summary>What a claim by the server's word depends on.</summary>
    public static string Proviso(Loss loss) =>
        loss switch
        {
            { IsByServer: true } => ", if all is stored that the archiver said was",
            { IsByDump: true } => ", if the newest dump holds all databases",
            _ => "",
        };

    static void WriteArchive(ServerEvidence server, ProbeResult result, TextWriter to)
    {
        if (ArchiverStates.Classify(server) is not { } state)
        {
            var why = server switch
            {
                { FutureTime: { } future } => future,
                { Wal: null } => WhyNoWal(result),
                { Wal.AttemptIsRunning: true } => "archive_command is running, nothing was archived yet" + Waiting(server, result.Instance),
                _ => "nothing was archived yet, nothing failed" + Waiting(server, result.Instance),
            };
            Row(to, "WAL archiving", "unknown: " + why);
            return;
        }

        var last =
            !server.DoesNotArchiveItself && server.ArchiveMode != "off" && server.Archiver.LastArchived is { } archived
                ? $", last success {Humanize.Since(archived, server.Now)} ago"
                : "";
        Row(to, "WAL archiving", state.Name() + last + Waiting(server, result.Instance));
    }

    static string WhyNoWal(ProbeResult result) =>
        (result.Without & Omissions.Wal) != 0 ? "pg_wal is not looked into (without: wal)" : "the role may not look";

    static string Waiting(ServerEvidence server, Instance instance) =>
        server switch
        {
            { DoesNotArchiveItself: true } or { ArchiveMode: "off" } or { Wal: null } => "",
            { Wal: { OldestReady: { } since } wal } => $", {Humanize.Waiting(wal)} waiting for {Humanize.Since(since, server.Now)} "
                + $"({ShowBackup.Limit(instance, LimitType.Wal)})",
            _ => ", nothing waits",
        };

    static string Server(ProbeResult result) =>
        result switch
        {
            { Server: { } server } =>
                $"PostgreSQL {Humanize.Version(server.VersionNumber)}, {(server.InRecovery ? "standby" : "primary")}, "
                    + $"asked {Humanize.Time(result.At)}",
            { IsTarget: false } => $"by the word of {string.Join(", ", result.Instance.Sources)}, asked {Humanize.Time(result.At)}",
            { SourcesThatAnswered.Count: > 0 } =>
                $"by the word of {string.Join(", ", result.SourcesThatAnswered)}, asked {Humanize.Time(result.At)}",
            _ => $"no answer, asked {Humanize.Time(result.At)}",
        };

    static void Row(TextWriter to, string name, string text) => to.WriteLine($"  {name, -20}{PlainText.OnOneLine(text, Widest)}".TrimEnd());
}
