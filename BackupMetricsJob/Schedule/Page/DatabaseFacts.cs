using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>Facts about a database, in the words of `show`.</summary>
internal static class DatabaseFacts
{
    public static Html Age(BackupFacts backup, ProbeResult result) =>
        backup.Age is { } age
            ? Html.Format(
                $"<b>{Humanize.Duration(age)}</b> old{(BackupFindings.IsTrusted(result, backup)
                    ? Limit(result.Instance, ShowBackupLines.LimitTypeFor(result.Instance, backup.Type))
                    : Html.Format($" <span class=\"limit\">({ShowBackupLines.NotCounted})</span>"))}"
            )
            : Html.Format($"{(backup.Oldest is null ? "no successful backup known" : "newest backup unknown")}");

    /// <summary>Tool, finish time, duration, size and the other kept backups.</summary>
    public static Html Details(BackupFacts backup)
    {
        var tool = Humanize.Tool(backup.Tool);
        var finished = backup.LastSuccess is { } at ? Html.Format($"{tool}, finished {TimeElement.Render(at)}") : Html.Format($"{tool}");
        if (backup.LastTest is { } test)
            return Html.Format($"{tool}, {ShowBackupLines.Describe(test, backup)}");
        var took = backup.LastDuration is { } duration ? $", took {Humanize.Duration(duration)}" : "";
        var more = ShowBackupLines.DescribeOthers(backup);
        return Html.Format($"{finished}{took}{ShowBackupLines.Size(backup)}{(more.Length > 0 ? "; " + more : "")}");
    }

    /// <summary>The state of WAL archiving, marked if it is bad; null without server facts.</summary>
    public static Html? Archiving(ProbeResult result)
    {
        if (result.Server is not { } server)
            return null;
        if (ArchiverStates.Classify(server) is not { } state)
            return Html.Format($"<span class=\"dim\">unknown</span>");
        var last =
            !server.IsNonArchivingStandby && server.ArchiveMode != "off" && server.Archiver.LastArchived is { } archived
                ? $", last success {Humanize.Duration(server.Now - archived)} before the probe"
                : "";
        var isBad = state is ArchiverState.Failing or ArchiverState.Never or ArchiverState.Discarded;
        return isBad ? Html.Format($"<b class=\"bad\">{state.Name()}</b>{last}") : Html.Format($"{state.Name()}{last}");
    }

    /// <summary>A line about each listed WAL archive.</summary>
    public static IReadOnlyList<(string Name, string Text)> Archives(ProbeResult result)
    {
        var lines = new List<(string, string)>();
        if (result.ArchiveAssessment is { } word)
            ShowArchiveLines.Write(word, result.At, (name, text) => lines.Add((name, text)));
        return lines;
    }

    /// <summary>How long the oldest segment has been waiting for the archiver; null if none is.</summary>
    public static TimeSpan? Waiting(ProbeResult result) =>
        result.Server is { IsNonArchivingStandby: false, ArchiveMode: not "off", Wal.OldestReady: { } since } server
            ? server.Now - since
            : null;

    /// <summary>The segments waiting for the archiver; null if unknown or archiving is off.</summary>
    public static Html? Queue(ProbeResult result)
    {
        if (result.Server is not { IsNonArchivingStandby: false, ArchiveMode: not "off", Wal: { } wal })
            return null;
        return Waiting(result) is { } waiting
            ? Html.Format($"<b>{Humanize.Waiting(wal)}</b> waiting for {Humanize.Duration(waiting)}{Limit(result.Instance, LimitType.Wal)}")
            : Html.Format($"empty");
    }

    /// <summary>How much would be lost in a failure now; null if unknown.</summary>
    public static Html? Loss(ProbeResult result) =>
        result.Loss is { } loss
            ? Html.Format($"<b>{Humanize.Duration(loss.Window)}</b> of work at {ShowText.Bound(loss)}{ShowText.Condition(loss)}")
            : null;

    public static Html Labels(Instance instance)
    {
        if (instance.Labels.Count == 0)
            return Html.Nothing;
        return Html.Format($" <span class=\"labels\">{Html.Join(" ", [.. instance.Labels.Select(Label)])}</span>");
    }

    static Html Label(InstanceLabel label) => Html.Format($"<span>{label.Name}={label.Value}</span>");

    static Html Limit(Instance instance, LimitType? type) =>
        Html.Format($" <span class=\"limit\">({AgeBar.Describe(instance, type)})</span>");
}
