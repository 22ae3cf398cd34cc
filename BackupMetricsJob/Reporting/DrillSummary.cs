using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Drill;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// Writes the progress of a drill for people: a line for each phase when it ends, what was restored, and what should have been restorable.
/// </summary>
internal static class DrillSummary
{
    public static void WriteBegin(DrillOptions options, ClaimResult read, TextWriter to)
    {
        to.WriteLine($"drill of {PlainText.OnOneLine(options.Server)}: {options.Tool.Name()}");
        if (read.Claim is { } claim)
        {
            var lsn = claim.Lsn is { } end ? $", WAL until {Humanize.Lsn(end)}" : "";
            to.WriteLine($"claim: all until {Humanize.Time(claim.Until)}{lsn}, according to the {claim.By}");
        }
        else if (read.Why is { } why)
            to.WriteLine($"claim: none: {PlainText.OnOneLine(why)}");
    }

    /// <summary>Writes each phase when it ends, and a long phase also when it begins.</summary>
    public static DrillWatch Watch(TextWriter to) =>
        new(
            folder => to.WriteLine($"removed {PlainText.OnOneLine(folder)}, which a killed drill had left"),
            phase =>
            {
                if (phase is DrillPhase.Fetch or DrillPhase.Verify or DrillPhase.Replay or DrillPhase.Check)
                    to.WriteLine($"{phase.Name()} ...");
            },
            result => WritePhase(result, to)
        );

    /// <summary>Writes the last line: what was proved, or why the exit code is not 0.</summary>
    public static void WriteEnd(DrillReport report, ExitCode code, TextWriter to)
    {
        var result = report.Result;
        if (result.KeptFolder is { } kept)
            to.WriteLine($"kept {PlainText.OnOneLine(kept)} (--keep): its server is stopped, and its log is server.log there");
        if (report.RecordFailure is { } failure && !result.Succeeded)
            to.WriteLine($"FAILED the catalogue: {PlainText.OnOneLine(failure.Message, 2000)}");
        if (report.Note is { } note)
            to.WriteLine($"WARNING {PlainText.OnOneLine(result.Options.Server)}: {PlainText.OnOneLine(note, 1000)}");
        foreach (var push in report.Pushes)
        {
            to.WriteLine($"{(push.Arrived ? "ok" : "FAILED")} {push.Describe()}");
            if (push.Advice is { } advice)
                to.WriteLine($"advice: {advice}");
        }

        to.WriteLine(Verdict(result));
        if (code == ExitCode.Success || !result.Succeeded)
            return;
        var wrong = new List<string>();
        if (result.Claim?.Failure is { } silent)
            wrong.Add($"what was claimed is not known in full: {PlainText.OnOneLine(silent.Message, 2000)}");
        if (report.RecordFailure is { } unrecorded)
            wrong.Add($"it is not in the catalogue: {PlainText.OnOneLine(unrecorded.Message, 2000)}");
        if (result.CleanUpFailure is not null)
            wrong.Add("something of it remains");
        if (report.Pushes.Any(push => !push.Arrived))
            wrong.Add("it was not pushed");
        to.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"WARNING (exit code {(int)code}) the restore is good, but {string.Join("; ", wrong)}"
            )
        );
    }

    /// <summary>
    /// Whether all is well and nothing else needs to be reported. If a recovery point was requested and could not be determined, that needs
    /// a line.
    /// </summary>
    public static bool IsAllWell(DrillReport report, ExitCode code, bool asked) =>
        code == ExitCode.Success
        && report.Note is null
        && report.Result is { Shortfall: var shortfall, IncompleteReplay: null, NoWal: null, KeptFolder: null, CleanUpFailure: null }
        && !(shortfall > TimeSpan.Zero)
        && !(asked && report.Result.Claim?.Why is not null)
        && report.Pushes.All(push => push is { Arrived: true, Advice: null });

    /// <summary>Writes the results of several drills.</summary>
    /// <param name="reports">The drills that were started.</param>
    /// <param name="notBegun">The names of the drills for which no time was left.</param>
    public static void WriteAll(IReadOnlyList<DrillReport> reports, IReadOnlyList<string> notBegun, TextWriter to)
    {
        var parts = new List<string> { $"{reports.Count(one => one.Result.Succeeded)} restored" };
        Add("failed", Names(one => one.Result is { Succeeded: false, IsStopped: false, IsUnfinished: false }));
        Add("without a verdict", Names(one => one.Result.IsUnfinished || one.Result.IsStopped));
        Add("not begun", [.. notBegun]);
        to.WriteLine($"{reports.Count + notBegun.Count} drills: {string.Join(", ", parts)}");

        List<string> Names(Func<DrillReport, bool> which) => [.. reports.Where(which).Select(one => one.Result.Options.Server)];

        void Add(string what, List<string> names)
        {
            if (names.Count > 0)
                parts.Add($"{names.Count} {what} ({string.Join(", ", names.Select(name => PlainText.OnOneLine(name)))})");
        }
    }

    static void WritePhase(DrillResult result, TextWriter to)
    {
        var (phase, duration) = result.Phases[^1];
        var took = string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s");
        if (result.StoppedPhase == phase)
            to.WriteLine($"stopped {phase.Name()} {took}");
        else if (result.FailedPhase == phase)
            to.WriteLine($"{(result.IsUnfinished ? "UNFINISHED" : "FAILED")} {phase.Name()} {took}: {result.Failure}");
        else if (phase == DrillPhase.CleanUp && result.CleanUpFailure is { } remains)
            to.WriteLine($"FAILED {phase.Name()} {took}: {PlainText.OnOneLine(remains)}");
        else
            to.WriteLine($"ok {phase.Name()} {took}{(Details(result, phase) is { Length: > 0 } details ? ": " + details : "")}");
    }

    static string Details(DrillResult result, DrillPhase phase) =>
        phase switch
        {
            DrillPhase.Preflight => What(result),
            DrillPhase.Fetch when result is { Bytes: { } bytes, Options.Tool: not DrillTool.Dump } => Humanize.Bytes(bytes),
            DrillPhase.Verify => result.Verified ?? "",
            DrillPhase.Replay when result.Recovered is { Lsn: { } lsn } recovered =>
                $"{(result.ReplayedBytes is { } bytes ? Humanize.Bytes(bytes) + " of WAL, " : "")}to {Humanize.Lsn(lsn)}"
                    + (recovered.LastTransaction is { } last ? $", last transaction at {Humanize.Time(last)}" : ", no transaction"),
            DrillPhase.Check => result.Checks.Count > 0 ? string.Join(", ", result.Checks) : "nothing was asked for",
            _ => "",
        };

    static string What(DrillResult result)
    {
        List<string> parts = [];
        if (result.BackupId is { } id)
            parts.Add(PlainText.OnOneLine(id));
        if (result.Place is { } place)
            parts.Add("from " + PlainText.OnOneLine(place));
        if (result.Bytes is { } bytes)
            parts.Add(Humanize.Bytes(bytes));
        if (result.Version is { } version)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {version}"));
        return string.Join(", ", parts);
    }

    static string Verdict(DrillResult result)
    {
        var name = PlainText.OnOneLine(result.Options.Server);
        if (result.IsStopped)
            return "STOPPED by a signal: nothing is proved, nothing was recorded or pushed";
        if (result.IsUnfinished)
            return $"UNFINISHED in {result.FailedPhase!.Value.Name()}: nothing is proved of the backup of {name}, good or bad";
        if (!result.Succeeded)
            return $"FAILED in {result.FailedPhase!.Value.Name()}: no backup of {name} is proved";
        var isClaimed = result.Claim?.Claim is not null;
        var behind = isClaimed ? ShowBackupLines.Behind(result.Shortfall) : "";
        var words = $"restored in {Humanize.Duration(result.RestoreTime)}{behind}";
        var early = result.IncompleteReplay is { } end ? $". {PlainText.OnOneLine(end.Words, 1000)}" : "";
        return result.Shortfall > TimeSpan.Zero && isClaimed
                ? $"WARNING {words}: part of what was said to be archived cannot be restored{early}"
            : early.Length > 0 ? $"WARNING {words}, but not all WAL that is stored can be replayed{early}"
            : result.NoWal is { } said && !isClaimed
                ? $"WARNING {words}: the backup alone, since the archive brought no WAL: {PlainText.OnOneLine(said, 1000)}"
            : result.Options is { HasArchive: false, Tool: not DrillTool.Dump }
                ? $"ok {words}: the backup alone, since no --archive was given"
            : $"ok {words}";
    }
}
