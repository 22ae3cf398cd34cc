using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The last runs of this node, as a chart of durations and results, and as a table.</summary>
internal static class RunHistory
{
    const int Step = 6;
    const int Height = 34;

    /// <summary>The chart with a caption.</summary>
    public static Html Picture(ScheduleSnapshot now) =>
        now.History.Count == 0
            ? Html.Format($"<b>none</b><small>on this node so far</small>")
            : Html.Format($"{Picture(now.History, Sum(now))}<small>{Sum(now)}</small>");

    public static Html Table(ScheduleSnapshot now, DateTimeOffset time) =>
        now.History.Count == 0
            ? Html.Nothing
            : Html.Format(
                $"""
                <section id="runs" aria-labelledby="h-runs"><h2 id="h-runs">Runs{(
                    now.IsCluster ? $" of {now.Node}" : ""
                )} <span class="count">{now.History.Count}</span></h2>
                <details id="run-list"><summary id="s-run-list">{Sum(
                    now
                )}</summary><table><thead><tr><th scope="col">Slot</th><th scope="col">Ended with</th><th scope="col">Took</th><th scope="col">Databases</th></tr></thead><tbody>
                {Html.Join(now.History.Reverse().Select(run => Row(run, time)))}</tbody></table></details></section>

                """
            );

    /// <summary>The meaning of an exit code.</summary>
    public static string Describe(ExitCode code) =>
        code switch
        {
            ExitCode.Success => "done",
            ExitCode.TargetFailed => "a database could not be probed",
            ExitCode.PushNotDelivered => "the push did not arrive",
            ExitCode.PushRefused => "the gateway refused the push",
            ExitCode.Bug => "a bug; see the log",
            ExitCode.Terminated or ExitCode.Interrupted => "cancelled",
            _ => "",
        };

    public static Verdict Kind(RunRecord run) =>
        run.ExitCode switch
        {
            ExitCode.Success => Verdict.Healthy,
            ExitCode.TargetFailed => Verdict.Warning,
            _ => Verdict.Critical,
        };

    static string Sum(ScheduleSnapshot now)
    {
        var failed = now.History.Count(run => Kind(run) == Verdict.Critical);
        var partly = now.History.Count(run => Kind(run) == Verdict.Warning);
        return $"{Humanize.Count(now.History.Count, "run")}{(now.IsCluster ? " on this node" : "")}, "
            + $"{(failed == 0 ? "none failed" : $"{failed} failed")}{(partly == 0 ? "" : $", {partly} without all databases")}";
    }

    static Html Picture(IReadOnlyList<RunRecord> runs, string sum)
    {
        var longest = Math.Max(1e-3, runs.Max(run => run.Duration.TotalSeconds));
        var width = Step * Math.Max(ScheduleState.HistoryLength, runs.Count);
        var x = 0;
        var bars = new List<Html>(runs.Count);
        foreach (var run in runs)
        {
            var height = Math.Clamp(Math.Sqrt(run.Duration.TotalSeconds / longest) * (Height - 10), 2, Height - 10);
            var sign = Kind(run) switch
            {
                Verdict.Critical => Html.Format($"<path d=\"m{x + .5} {Height - height - 7} 4 4m0-4-4 4\"/>"),
                Verdict.Warning => Html.Format($"<circle cx=\"{x + 2.5}\" cy=\"{Height - height - 4}\" r=\"1.6\"/>"),
                _ => Html.Nothing,
            };
            bars.Add(
                Html.Format(
                    $"<g class=\"{Icon.Name(Kind(run))}\"><title>{Title(run)}</title><rect x=\"{x + .5}\" y=\"{Height - height}\" "
                        + $"width=\"{Step - 2}\" height=\"{height}\" rx=\"1\"/>{sign}</g>"
                )
            );
            x += Step;
        }

        return Html.Format(
            $"<svg class=\"strip\" viewBox=\"0 0 {width} {Height}\" preserveAspectRatio=\"xMinYMax meet\" role=\"img\" "
                + $"aria-label=\"{sum}\">{Html.Join(bars)}</svg>"
        );
    }

    static string Title(RunRecord run) =>
        $"{Humanize.Time(run.Slot)}: {(int)run.ExitCode}, {Describe(run.ExitCode)}, {Humanize.Duration(run.Duration)}";

    static Html Row(RunRecord run, DateTimeOffset time) =>
        Html.Format(
            $"""
            <tr><th scope="row">{TimeElement.Render(run.Slot)}{(run.IsRetry ? ", again" : "")} <span class="ago">{TimeElement.Relative(
                time,
                run.Slot
            )}</span></th><td>{Icon.Render(Kind(run))}{(int)run.ExitCode}, {Describe(run.ExitCode)}</td><td>{Humanize.Duration(
                run.Duration
            )}</td><td>{run.TargetsOk} ok{(run.TargetsFailed == 0 ? "" : $", {run.TargetsFailed} failed")}</td></tr>

            """
        );
}
