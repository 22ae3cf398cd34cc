using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// Writes the backups of each instance, how much work would be lost now, and the findings with advice, the worst first. For several
/// instances, the last line, which stays visible on a terminal, counts them by state.
/// </summary>
internal static class ShowText
{
    const int MaxLength = 2000;
    const int MaxNamed = 5;

    const string UnreadCatalog =
        "this database holds one, which is not read: "
        + "--source server --source catalog shows what is recorded there, and imports that failed";

    public static void Write(IReadOnlyList<ProbeResult> results, TextWriter to)
    {
        var assessments = Assessment.Assess([.. results.Where(result => !IsSilent(result))]);
        foreach (var (index, one) in assessments.Index())
        {
            if (index > 0)
                to.WriteLine();
            Write(one.Result, one.Findings, to);
        }

        if (assessments.Count > 1)
            to.WriteLine($"\n{assessments.Count} databases: {string.Join(", ", Counts(assessments))}");
    }

    static IEnumerable<string> Counts(List<Assessment> assessments)
    {
        foreach (var (verdict, name) in NagiosPerformance.Verdicts)
        {
            var names = assessments.Where(one => one.Verdict == verdict).Select(one => one.Result.Instance.Name).ToList();
            if (names.Count == 0)
                continue;
            var named = PlainText.OnOneLine(NameList.FirstOf(names, MaxNamed), MaxLength);
            yield return $"{names.Count} {name.Replace('_', ' ')}"
                + (verdict is Verdict.Healthy or Verdict.NotAssessed ? "" : $" ({named})");
        }
    }

    /// <summary>
    /// The catalogue of --catalogue is not one of the user's databases. As long as it answers, nothing is written about it.
    /// </summary>
    static bool IsSilent(ProbeResult result) =>
        result is { IsMonitored: false, Failure: null }
        && result.Instance.Name.EndsWith(CatalogTargets.NameSuffix, StringComparison.Ordinal);

    static void Write(ProbeResult result, IReadOnlyList<Finding> findings, TextWriter to)
    {
        to.WriteLine(
            $"{PlainText.OnOneLine(result.Instance.Name)}  {StateText.InformationSource(result)}, probed {Humanize.Time(result.At)}"
        );
        foreach (var backup in result.Backups)
            ShowBackupLines.Write(backup, result, (name, text) => Row(to, name, text));
        foreach (var (name, text) in ShowStorageLines.Describe(result))
            Row(to, name, text);
        if (result.Copies is { } copies)
            Row(to, "copies", ShowStorageLines.Copies(copies, result.Instance));
        if (ShowStorageLines.Window(result) is { } window)
            Row(to, "recovery window", window);
        if (result.Server is { } server)
            WriteArchive(server, result, to);
        if (result.ArchiveAssessment is { } archive)
            ShowArchiveLines.Write(archive, result.At, (name, text) => Row(to, name, text));
        if (result.Loss is { } loss)
            Row(to, "lost if it died now", $"{Humanize.Duration(loss.Window)} of work at {Bound(loss)}{Condition(loss)}");
        if (result.ReplayBytes is { } replay)
            Row(to, "a restore replays", $"{Humanize.Bytes(replay)} of WAL");
        if (HasUnreadCatalog(result))
            Row(to, "catalogue", UnreadCatalog);
        foreach (var finding in findings)
        {
            Row(to, finding.IsCritical ? "CRITICAL" : "WARNING", finding.Summary);
            Row(to, "  advice", finding.Advice);
        }

        if (findings.Count > 0)
            return;
        Row(to, WithoutFindings(result), "");
    }

    /// <summary>The text if nothing is known to be wrong.</summary>
    public static string WithoutFindings(ProbeResult result) =>
        result switch
        {
            { IsMonitored: false } => "it answered; it only reports the backups of others, and its own are not watched",
            { Server: { IsNonArchivingStandby: true } } => "not checked on a standby: backups and the archive belong to its primary",
            { Server: null, Backups.Count: 0 } => "nothing is known, and no limit asks for a backup",
            _ when Verdicts.For(result, []) == Verdict.Unknown => "no backup is known, and no limit asks for one" + Unread(result),
            _ when Unread(result) is { Length: > 0 } unread => "no problem is known" + unread,
            _ => $"no problem is known, according to {string.Join(", ", result.SourcesThatAnswered)}; only a restore can prove it",
        };

    static string Unread(ProbeResult result) => result.Omissions.HasFlag(Omissions.Wal) ? "; pg_wal is not read (without: wal)" : "";

    /// <summary>Whether the probed database has a catalogue that this role may read, and that is not one of its sources.</summary>
    static bool HasUnreadCatalog(ProbeResult result) =>
        result.ConnectedTo is { MayReadCatalog: true } && !result.Instance.Sources.Contains(SourceName.Catalog);

    public static string Bound(Loss loss) => loss.IsLowerBound ? "least" : "most";

    /// <summary>The unchecked condition that a loss window depends on, or its basis; otherwise empty.</summary>
    public static string Condition(Loss loss) =>
        loss switch
        {
            { EndsAtHole: true } => ": a restore ends where the archive has a hole",
            { IsByArchive: true } => ", according to the archive's own listing",
            { IsByServer: true } => ", if the archive has all WAL since that backup",
            { IsByDump: true } => ", if the newest dump holds all databases",
            _ => ", according to the backup tool",
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
                _ => "nothing has been archived, and nothing has failed" + Waiting(server, result.Instance),
            };
            Row(to, "WAL archiving", "unknown: " + why);
            return;
        }

        var last =
            !server.IsNonArchivingStandby && server.ArchiveMode != "off" && server.Archiver.LastArchived is { } archived
                ? $", last success {Humanize.Since(archived, server.Now)} ago"
                : "";
        Row(to, "WAL archiving", state.Name() + last + Waiting(server, result.Instance));
    }

    static string WhyNoWal(ProbeResult result) =>
        result.Omissions.HasFlag(Omissions.Wal) ? "pg_wal is not read (without: wal)" : "the role may not read pg_wal";

    static string Waiting(ServerEvidence server, Instance instance) =>
        server switch
        {
            { IsNonArchivingStandby: true } or { ArchiveMode: "off" } or { Wal: null } => "",
            { Wal: { OldestReady: { } since } wal } => $", {Humanize.Waiting(wal)} waiting for {Humanize.Since(since, server.Now)} "
                + $"({ShowBackupLines.Limit(instance, LimitType.Wal)})",
            _ => ", nothing waiting",
        };

    static void Row(TextWriter to, string name, string text) =>
        to.WriteLine($"  {name, -20}{PlainText.OnOneLine(text, MaxLength)}".TrimEnd());
}
