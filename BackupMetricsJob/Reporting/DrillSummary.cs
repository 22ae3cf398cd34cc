using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Drill;

namespace BackupMetricsJob.Reporting;

/// <summary>Writes how a drill went, for people: a line a phase, what came back, and what was claimed.</summary>
internal static class DrillSummary
{
    public static void Write(DrillReport report, TextWriter to)
    {
        var result = report.Result;
        var name = PlainText.OnOneLine(result.Options.Server);
        foreach (var folder in result.Cleared)
            to.WriteLine($"removed {PlainText.OnOneLine(folder)}, which a killed drill had left");
        to.WriteLine($"drill of {name}: {What(result)}");
        WriteClaim(result.Claim, to);
        foreach (var (phase, duration) in result.Phases)
            WritePhase(result, phase, duration, to);
        if (result.Phases.Count == 0 && result.Failure is { } early)
            to.WriteLine($"FAILED preflight: {early}");
        if (result.CleanUpFailure is { } remains)
            to.WriteLine($"FAILED clean-up: {PlainText.OnOneLine(remains)}");
        if (result.KeptFolder is { } kept)
            to.WriteLine($"kept {PlainText.OnOneLine(kept)} (--keep); its server is stopped");
        to.WriteLine(Verdict(result));
        if (report.RecordFailure is { } failure)
            to.WriteLine($"FAILED the catalogue: {PlainText.OnOneLine(failure.Message, 2000)}");
        foreach (var push in report.Pushes)
        {
            to.WriteLine($"{(push.Arrived ? "ok" : "FAILED")} {push.Describe()}");
            if (push.Advice is { } advice)
                to.WriteLine($"advice: {advice}");
        }
    }

    /// <summary>Whether there is nothing to report but that all is well. A claim that was asked for and not had is worth a line.</summary>
    public static bool IsAllWell(DrillReport report, ExitCode code, bool asked) =>
        code == ExitCode.Success
        && report.Result is { Shortfall: var shortfall, KeptFolder: null, CleanUpFailure: null, Cleared.Count: 0 }
        && !(shortfall > TimeSpan.Zero)
        && !(asked && report.Result.Claim?.Why is not null)
        && report.Pushes.All(push => push is { Arrived: true, Advice: null });

    static string What(DrillResult result)
    {
        var backup = result.BackupId is { } id ? $" {PlainText.OnOneLine(id)}" : "";
        return $"{result.Options.Tool.Name()}{backup}{(result.Bytes is { } bytes ? $", {Humanize.Bytes(bytes)}" : "")}";
    }

    static void WriteClaim(ClaimResult? read, TextWriter to)
    {
        if (read?.Claim is { } claim)
        {
            var lsn = claim.Lsn is { } end ? $", WAL until {Humanize.Lsn(end)}" : "";
            to.WriteLine($"claim: all until {Humanize.Time(claim.Until)}{lsn}, by the word of the {claim.By}");
        }
        else if (read?.Why is { } why)
            to.WriteLine($"claim: none: {PlainText.OnOneLine(why)}");
    }

    static void WritePhase(DrillResult result, DrillPhase phase, TimeSpan duration, TextWriter to)
    {
        var took = string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s");
        if (result.StoppedPhase == phase)
            to.WriteLine($"stopped {phase.Name()} {took}");
        else if (result.FailedPhase == phase)
            to.WriteLine($"FAILED {phase.Name()} {took}: {result.Failure}");
        else
            to.WriteLine($"ok {phase.Name()} {took}{(Details(result, phase) is { Length: > 0 } details ? ": " + details : "")}");
    }

    static string Details(DrillResult result, DrillPhase phase) =>
        phase switch
        {
            DrillPhase.Replay when result.Recovered is { Lsn: { } lsn } recovered =>
                $"{(result.ReplayedBytes is { } bytes ? Humanize.Bytes(bytes) + " of WAL, " : "")}to {Humanize.Lsn(lsn)}"
                    + (recovered.LastTransaction is { } last ? $", last transaction at {Humanize.Time(last)}" : ", no transaction"),
            DrillPhase.Check => result.Checks.Count > 0 ? string.Join(", ", result.Checks) : "nothing was asked for",
            _ => "",
        };

    static string Verdict(DrillResult result)
    {
        if (result.IsStopped)
            return "STOPPED by a signal: nothing is proved, nothing was recorded or pushed";
        if (!result.Succeeded)
            return $"FAILED in {result.FailedPhase!.Value.Name()}: no backup of {PlainText.OnOneLine(result.Options.Server)} is proved";
        var words = $"restored in {Humanize.Duration(result.RestoreTime)}{ShowBackup.Behind(result.Shortfall)}";
        return result.Shortfall > TimeSpan.Zero
            ? $"WARNING {words}: part of what was said to be archived cannot be restored"
            : $"ok {words}";
    }
}
