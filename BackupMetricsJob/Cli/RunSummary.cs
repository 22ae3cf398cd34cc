using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Cli;

/// <summary>The report of a run in lines for people: each target, what is wrong with it and what to do, then the push.</summary>
internal static class RunSummary
{
    public static void Write(RunReport report, TextWriter to)
    {
        foreach (var result in report.Results)
        {
            to.WriteLine(result.Failure is null ? $"ok {result.Instance.Name}: {State(result)}" : $"FAILED {result.Instance.Name}: {State(result)}");
            foreach (var finding in Findings.Of(result))
                to.WriteLine($"{(finding.IsCritical ? "CRITICAL" : "warning")} {result.Instance.Name}: {finding.What}. {finding.Do}");
        }

        if (report.RefusedLegacyNames is { } words)
            to.WriteLine($"warning: the gateway refused pghoard_last_upload_age or walg_last_upload, so all else was pushed without them: {words}");
        if (report.Push is { } push)
        {
            var samples = push.Arrived ? string.Create(CultureInfo.InvariantCulture, $" ({report.Samples} samples, {push.Elapsed.TotalSeconds:0.00} s)") : "";
            to.WriteLine($"{(push.Arrived ? "ok" : "FAILED")} {push.Describe()}{samples}");
        }
    }

    /// <summary>The state of one target in one line.</summary>
    public static string State(ProbeResult result)
    {
        if (result.Server is not { } server) return "nothing is known";
        var parts = new List<string> { BaseBackup(result) };
        if (ArchiverStates.Of(server) is { } state) parts.Add($"WAL archiving {state.Name()}");
        if (result.LossWindow is { } window) parts.Add($"{InWords.Of(window)} of work would be lost now");
        return string.Join(", ", parts);
    }

    static string BaseBackup(ProbeResult result)
    {
        foreach (var backup in result.Backups)
        {
            if (backup.Age is { } age) return $"{backup.Type.Name()} backup {InWords.Of(age)} old ({backup.Tool})";
        }

        return result.Server is { InRecovery: true } ? "a standby" : "no base backup known";
    }
}
