namespace BackupMetricsJob.Backups;

/// <summary>What to do after a restore test that failed: a drill says in which phase, and that is another log for each.</summary>
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

    /// <summary>The words of a drill begin with it; those of a script of the user's, with anything.</summary>
    static string? Phase(RestoreTestFacts? test) => test is { Succeeded: false, Failure: { } words } ? words.Split(": ")[0] : null;
}
