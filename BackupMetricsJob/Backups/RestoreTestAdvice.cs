namespace BackupMetricsJob.Backups;

/// <summary>What to do after a failed restore test. A drill names the phase that failed, and each phase has its own log.</summary>
internal static class RestoreTestAdvice
{
    public static string For(BackupFacts backup)
    {
        var tool = Humanize.ItsTool(backup.Tool);
        return Phase(backup.LastTest) switch
        {
            "preflight" or "replay" when backup.Tool == "pg_dump" =>
                "Make a new dump, restore it by hand, and see that the job that makes them notices when it fails, as on a full disk.",
            "preflight" => $"See that {tool} lists and reads its newest backup, by hand and as the user of the drill.",
            "fetch" => $"Restore by hand with {tool}, and read what it says. If that fails, take a new full backup.",
            "verify" => "Take a new full backup, look at the storage, and see whether an older backup can be restored.",
            "replay" => "Take a new full backup. Then find out why that WAL, or that file, is missing or damaged where it is stored.",
            "check" => "It was restored, but what came back is not right: see whether the live database is, and drill again with --keep.",
            _ => $"Read the log of {tool}.",
        };
    }

    /// <summary>The failed phase. A drill's message begins with it; that of a user's own script may begin with anything.</summary>
    static string? Phase(RestoreTestFacts? test) => test is { Succeeded: false, Failure: { } words } ? words.Split(": ")[0] : null;
}
