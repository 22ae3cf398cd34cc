using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>What is known of one database, in the words of `show`.</summary>
internal static class DatabaseFacts
{
    /// <summary>PostgreSQL 15.20, primary; or who spoke of it.</summary>
    public static string Server(ProbeResult result) =>
        result switch
        {
            { Server: { } server } => $"PostgreSQL {Humanize.Version(server.VersionNumber)}, {(server.InRecovery ? "standby" : "primary")}",
            { IsTarget: false } => $"by the word of {string.Join(", ", result.Instance.Sources)}",
            { SourcesThatAnswered.Count: > 0 } => $"by the word of {string.Join(", ", result.SourcesThatAnswered)}",
            _ => "no answer",
        };

    public static Html Age(BackupFacts backup, Instance instance) =>
        backup.Age is { } age
            ? Html.Format($"<b>{Humanize.Duration(age)}</b> old{Limit(instance, ShowBackup.LimitOf(instance, backup.Type))}")
            : Html.Format($"{(backup.Oldest is null ? "no good one is known" : "the newest is not known")}");

    /// <summary>Finished when, with what, how large, what else is kept.</summary>
    public static Html Details(BackupFacts backup)
    {
        var finished = backup.LastSuccess is { } at
            ? Html.Format($"{backup.Tool}, finished {TimeElement.Render(at)}")
            : Html.Format($"{backup.Tool}");
        var took = backup.LastDuration is { } duration ? $", took {Humanize.Duration(duration)}" : "";
        var more = ShowBackup.More(backup);
        return Html.Format($"{finished}{took}{ShowBackup.Size(backup)}{(more.Length > 0 ? "; " + more : "")}");
    }

    /// <summary>How archiving stands; null where there is no server to ask.</summary>
    public static string? Archiving(ProbeResult result)
    {
        if (result.Server is not { } server)
            return null;
        if (ArchiverStates.Classify(server) is not { } state)
            return "unknown";
        var last =
            !server.DoesNotArchiveItself && server.ArchiveMode != "off" && server.Archiver.LastArchived is { } archived
                ? $", last success {Humanize.Duration(server.Now - archived)} before it was asked"
                : "";
        return state.Name() + last;
    }

    /// <summary>For how long the oldest segment has waited to be archived; null where none does.</summary>
    public static TimeSpan? Waiting(ProbeResult result) =>
        result.Server is { DoesNotArchiveItself: false, ArchiveMode: not "off", Wal.OldestReady: { } since } server
            ? server.Now - since
            : null;

    /// <summary>The segments that wait to be archived, in words; null where nobody knows, or nothing is archived.</summary>
    public static Html? Queue(ProbeResult result)
    {
        if (result.Server is not { DoesNotArchiveItself: false, ArchiveMode: not "off", Wal: { } wal })
            return null;
        return Waiting(result) is { } waiting
            ? Html.Format($"<b>{Humanize.Waiting(wal)}</b> waiting for {Humanize.Duration(waiting)}{Limit(result.Instance, LimitType.Wal)}")
            : Html.Format($"nothing waits");
    }

    /// <summary>What would be lost if it died now; null where nobody knows.</summary>
    public static Html? Loss(ProbeResult result) =>
        result.Loss is { } loss ? Html.Format($"<b>{Humanize.Duration(loss.Window)}</b> of work at most{ShowTable.Proviso(loss)}") : null;

    /// <summary>The same two in a word or two, under a heading that says what they are.</summary>
    public static Html? ShortQueue(ProbeResult result)
    {
        if (result.Server is not { DoesNotArchiveItself: false, ArchiveMode: not "off", Wal: { } wal })
            return null;
        return Waiting(result) is { } waiting
            ? Html.Format($"{Humanize.Waiting(wal)}, {Humanize.Duration(waiting)}")
            : Html.Format($"empty");
    }

    public static Html? ShortLoss(ProbeResult result) =>
        result.LossWindow is { } window ? Html.Format($"{Humanize.Duration(window)}") : null;

    public static Html Labels(Instance instance)
    {
        if (instance.Labels.Count == 0)
            return Html.Nothing;
        return Html.Format($"<span class=\"labels\">{Html.Join(" ", [.. instance.Labels.Select(Label)])}</span>");
    }

    static Html Label(InstanceLabel label) => Html.Format($"<span>{label.Name}={label.Value}</span>");

    static Html Limit(Instance instance, LimitType? type) =>
        Html.Format($" <span class=\"limit\">({AgeBar.Describe(instance, type)})</span>");
}
