using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Reporting;

/// <summary>Describes the state of an instance in half a line.</summary>
internal static class StateText
{
    public static string Describe(ProbeResult result)
    {
        if (result is { Server: null, Backups.Count: 0 })
            return !result.IsMonitored && result.Failure is null
                ? "it answered; it only reports the backups of others"
                : "nothing is known";

        var parts = new List<string> { Backup(result) };
        if (result.Server is { } server && ArchiverStates.Classify(server) is { } state)
            parts.Add($"WAL archiving {state.Name()}");
        if (result.LossWindow is { } window)
            parts.Add($"{Humanize.Duration(window)} of work would be lost now");
        return PlainText.OnOneLine(string.Join(", ", parts));
    }

    /// <summary>
    /// Where the facts come from: the server (PostgreSQL 15.20, primary), or the sources, including one that failed in part.
    /// </summary>
    public static string InformationSource(ProbeResult result)
    {
        if (result.Server is { } server)
            return $"PostgreSQL {Humanize.Version(server.VersionNumber)}, {(server.InRecovery ? "standby" : "primary")}";
        if (result.SourcesThatAnswered.Count > 0)
            return "according to " + string.Join(", ", result.SourcesThatAnswered);
        if (result.Backups.Count > 0)
            return $"in part, according to {string.Join(", ", result.Backups.Select(backup => backup.Source).Distinct())}";
        // A catalogue that reports only a refused import did answer.
        var reached = result.ConnectedTo is null ? "" : "it was reached, but ";
        return result is { IsTarget: true, ConnectedTo: null }
            ? "no answer"
            : reached + "nothing is known from " + string.Join(", ", result.Instance.Sources);
    }

    /// <summary>What the recovery point is based on.</summary>
    public static string Word(Loss loss) =>
        loss switch
        {
            { EndsAtHole: true } or { IsByArchive: true } => "according to the archive's listing",
            { IsByServer: true } => "according to the server",
            { IsByDump: true } => "by the newest dump",
            _ => "according to the backup tool",
        };

    /// <summary>
    /// The newest physical backup, or, if there is none, the newest dump, on which WAL cannot be replayed; null if there is neither. This
    /// is the one compared with the limits. A backup known only to the server does not count if a tool may know better.
    /// </summary>
    public static BackupFacts? Newest(ProbeResult result) =>
        BackupFindings
            .Trusted(result)
            .Where(backup => backup.Age is not null && (backup.Type.IsPhysical() || backup.Type == BackupType.Logical))
            .OrderBy(backup => backup.Type.IsPhysical() ? 0 : 1)
            .ThenBy(backup => backup.Age)
            .FirstOrDefault();

    static string Backup(ProbeResult result)
    {
        if (Newest(result) is { } newest)
            return $"{newest.Type.Name()} backup {Humanize.Duration(newest.Age!.Value)} old ({Humanize.Tool(newest.Tool)})";
        if (result.Backups.Any(backup => backup is { Source: SourceName.Server, LastSuccess: not null }))
            return "a base backup is known to the server alone";
        return result.Server switch
        {
            { InRecovery: true } => "a standby",
            { HistoryWasRead: false } when result.Omissions.HasFlag(Omissions.Wal) => "base backups are not read",
            { HistoryWasRead: false } => "the role may not read base backups",
            _ => "no base backup is known",
        };
    }
}
