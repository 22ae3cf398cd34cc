using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Cli;

/// <summary>What is known of one instance, in half a line.</summary>
internal static class StateInWords
{
    public static string Of(ProbeResult result)
    {
        if (result is { Server: null, Backups.Count: 0 })
            return !result.IsMonitored && result.Failure is null ? "asked for the backups of others" : "nothing is known";

        var parts = new List<string> { Backup(result) };
        if (result.Server is { } server && ArchiverStates.Of(server) is { } state) parts.Add($"WAL archiving {state.Name()}");
        if (result.LossWindow is { } window) parts.Add($"{InWords.Of(window)} of work would be lost now");
        return Words.OnOneLine(string.Join(", ", parts));
    }

    static string Backup(ProbeResult result)
    {
        BackupFacts? newest = null;
        foreach (var backup in result.Backups)
        {
            // A dump is told only where there is nothing that WAL could be replayed on.
            if (backup.Age is null || !(backup.Type.IsPhysical() || backup.Type == BackupType.Logical)) continue;
            if (newest is null || Rank(backup) > Rank(newest) || (Rank(backup) == Rank(newest) && backup.Age < newest.Age)) newest = backup;
        }

        if (newest is not null) return $"{newest.Type.Name()} backup {InWords.Of(newest.Age!.Value)} old ({newest.Tool})";
        return result.Server switch
        {
            { InRecovery: true } => "a standby",
            { HistoryWasRead: false } when (result.Without & Omissions.Wal) != 0 => "its base backups are not looked for",
            { HistoryWasRead: false } => "its base backups may not be looked at",
            _ => "no base backup known",
        };
    }

    static int Rank(BackupFacts backup) => backup.Type.IsPhysical() ? 1 : 0;
}
