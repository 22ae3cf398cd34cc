using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Cli;

/// <summary>What a person wants to read at three in the morning: per database what there is, what would be lost, what is wrong, what to do.</summary>
internal static class ShowTable
{
    public static void Write(IReadOnlyList<ProbeResult> results, TextWriter to)
    {
        var first = true;
        foreach (var result in results)
        {
            if (!first) to.WriteLine();
            first = false;
            Write(result, to);
        }
    }

    static void Write(ProbeResult result, TextWriter to)
    {
        to.WriteLine($"{result.Instance.Name}  {Server(result)}");
        foreach (var backup in result.Backups)
        {
            if (backup is not { LastSuccess: { } finished, Age: { } age }) continue;
            var took = backup.LastDuration is { } duration ? $", took {InWords.Of(duration)}" : "";
            Row(to, $"{backup.Type.Name()} backup", $"{InWords.Of(age)} old ({Limit(result.Instance, LimitType.Base)}), {backup.Tool}, finished {InWords.Of(finished)}{took}");
        }

        if (result.Server is { } server) WriteArchive(server, result, to);
        var findings = Findings.Of(result);
        foreach (var finding in findings)
        {
            Row(to, finding.IsCritical ? "CRITICAL" : "WARNING", finding.What);
            Row(to, "  do", finding.Do);
        }

        if (findings.Count == 0) Row(to, "all is well", "");
    }

    static void WriteArchive(ServerEvidence server, ProbeResult result, TextWriter to)
    {
        if (ArchiverStates.Of(server) is { } state)
        {
            var last = !server.DoesNotArchiveItself && server.ArchiveMode != "off" && server.Archiver.LastArchived is { } archived
                ? $", last success {InWords.Of(server.Now - archived)} ago"
                : "";
            Row(to, "WAL archiving", state.Name() + last + Waiting(server, result.Instance));
        }

        if (result.LossWindow is { } window) Row(to, "lost if it died now", $"{InWords.Of(window)} of work at most");
        if (result.LossWindow is not null && server is { ArchiveMode: not "off", Wal.ReplayBytes: { } replay }) Row(to, "a restore replays", $"{InWords.Bytes(replay)} of WAL");
    }

    static string Waiting(ServerEvidence server, Instance instance) => server switch
    {
        { DoesNotArchiveItself: true } or { ArchiveMode: "off" } or { Wal: null } => "",
        { Wal: { OldestReady: { } since } wal } =>
            $", {wal.ReadySegments} segments wait for {InWords.Of(server.Now - since)} ({Limit(instance, LimitType.Wal)})",
        _ => ", nothing waits",
    };

    static string Server(ProbeResult result) => result.Server is { } server
        ? $"PostgreSQL {InWords.Version(server.VersionNumber)}, {(server.InRecovery ? "standby" : "primary")}, asked {InWords.Of(result.At)}"
        : $"no answer, asked {InWords.Of(result.At)}";

    static string Limit(Instance instance, LimitType type)
    {
        AgeLimit? first = null;
        foreach (var limit in instance.Limits)
        {
            if (limit.Type == type && !(first?.MaxAge <= limit.MaxAge)) first = limit;
        }

        return first is null ? "no limit" : $"limit {InWords.Of(first.MaxAge)}";
    }

    static void Row(TextWriter to, string name, string text) => to.WriteLine($"  {name,-20}{text}".TrimEnd());
}
