using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The databases that need no attention, one line each.</summary>
internal static class HealthyTable
{
    /// <param name="assessments">Worst first.</param>
    public static IEnumerable<Html> Render(IReadOnlyList<Assessment> assessments)
    {
        var first = 0;
        while (first < assessments.Count && assessments[first].Verdict is Verdict.Critical or Verdict.Warning)
            first++;
        if (first == assessments.Count)
            yield break;
        var isAllHealthy = assessments[^1].Verdict == Verdict.Healthy;
        yield return Html.Format(
            $"""
            <section id="ok" aria-labelledby="h-ok"><h2 id="h-ok">{(
                isAllHealthy ? "OK" : "OK or not assessed"
            )} <span class="count">{assessments.Count - first}</span></h2>
            <table><thead><tr><th scope="col">Database</th><th scope="col">Newest backup</th><th scope="col">Made with</th><th scope="col">Would be lost now</th><th scope="col">Ready queue</th></tr></thead><tbody>

            """
        );
        for (var i = first; i < assessments.Count; i++)
            yield return Row(assessments[i]);
        yield return Html.Format($"</tbody></table></section>\n");
    }

    static Html Row(Assessment one)
    {
        var result = one.Result;
        var newest = StateText.Newest(result);
        return Html.Format(
            $"""
            <tr data-find="{result.Instance.Name}"><th scope="row">{Icon.Render(
                one.Verdict
            )}<span class="name"><bdi>{result.Instance.Name}</bdi></span><span class="hidden">: {Icon.Word(
                one.Verdict
            )}</span> {DatabaseFacts.Labels(result.Instance)}</th><td class="age">{Age(result, newest)}</td><td class="tool">{(
                newest is null ? "" : $"{newest.Tool}, {newest.Type.Name()}"
            )}</td><td class="loss">{DatabaseFacts.ShortLoss(result) ?? Unknown(one)}</td><td class="queue">{DatabaseFacts.ShortQueue(result)
                ?? Unknown(one)}</td></tr>

            """
        );
    }

    static Html Age(ProbeResult result, BackupFacts? newest)
    {
        if (!result.IsMonitored)
            return Html.Format($"<span class=\"unknown\">only holds facts about others</span>");
        if (result.Server is { DoesNotArchiveItself: true })
            return Html.Format($"<span class=\"unknown\">a standby: see its primary</span>");
        if (newest is not { Age: { } age })
            return Html.Format($"<span class=\"unknown\">none known</span>");
        var type = ShowBackup.LimitTypeFor(result.Instance, newest.Type);
        return Html.Format(
            $"<div>{AgeBar.Render(result.Instance, type, age)}"
                + $"<span><b>{Humanize.Duration(age)}</b>{AgeBar.First(result.Instance, type)}</span></div>"
        );
    }

    static Html Unknown(Assessment one) =>
        Html.Format($"<span class=\"unknown\">" + $"{(one.Verdict == Verdict.NotAssessed ? "–" : "unknown")}</span>");
}
