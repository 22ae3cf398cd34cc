using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Reporting;

/// <summary>What is known of one instance, in half a line.</summary>
internal static class StateText
{
    public static string Describe(ProbeResult result)
    {
        if (result is { Server: null, Backups.Count: 0 })
            return !result.IsMonitored && result.Failure is null ? "asked for the backups of others" : "nothing is known";

        var parts = new List<string> { Backup(result) };
        if (result.Server is { } server && ArchiverStates.Classify(server) is { } state)
            parts.Add($"WAL archiving {state.Name()}");
        if (result.LossWindow is { } window)
            parts.Add($"{Humanize.Duration(window)} of work would be lost now");
        return PlainText.OnOneLine(string.Join(", ", parts));
    }

    /// <summary>
    /// The newest physical one; a dump only where there is none that WAL could be replayed on; null where there is neither.
    /// </summary>
    public static BackupFacts? Newest(ProbeResult result) =>
        result
            .Backups.Where(backup => backup.Age is not null && (backup.Type.IsPhysical() || backup.Type == BackupType.Logical))
            .OrderBy(backup => backup.Type.IsPhysical() ? 0 : 1)
            .ThenBy(backup => backup.Age)
            .FirstOrDefault();

    static string Backup(ProbeResult result)
    {
        if (Newest(result) is { } newest)
            return $"{newest.Type.Name()} backup {Humanize.Duration(newest.Age!.Value)} old ({newest.Tool})";
        return result.Server switch
        {
            { InRecovery: true } => "a standby",
            { HistoryWasRead: false } when (result.Without & Omissions.Wal) != 0 => "its base backups are not looked for",
            { HistoryWasRead: false } => "its base backups may not be looked at",
            _ => "no base backup known",
        };
    }
}
