using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The databases that nobody needs to look at, a line each.</summary>
internal static class WellTable
{
    /// <param name="judged">Worst first.</param>
    public static IEnumerable<Html> Render(IReadOnlyList<Assessment> judged)
    {
        var first = 0;
        while (first < judged.Count && judged[first].Standing is Verdict.Critical or Verdict.Warning)
            first++;
        if (first == judged.Count)
            yield break;
        var isAllWell = judged[^1].Standing == Verdict.Well;
        yield return Html.Format(
            $"""
            <section id="well" aria-labelledby="h-well"><h2 id="h-well">{(
                isAllWell ? "Well" : "Well, or not judged"
            )} <span class="count">{judged.Count - first}</span></h2>
            <table><thead><tr><th scope="col">Database</th><th scope="col">Newest backup</th><th scope="col">Made with</th><th scope="col">Would be lost now</th><th scope="col">Ready queue</th></tr></thead><tbody>

            """
        );
        for (var i = first; i < judged.Count; i++)
            yield return Row(judged[i]);
        yield return Html.Format($"</tbody></table></section>\n");
    }

    static Html Row(Assessment one)
    {
        var result = one.Result;
        var newest = StateText.Newest(result);
        return Html.Format(
            $"""
            <tr data-find="{result.Instance.Name}"><th scope="row">{Icon.Render(
                one.Standing
            )}<span class="name"><bdi>{result.Instance.Name}</bdi></span><span class="hidden">: {Icon.Word(
                one.Standing
            )}</span> {Facts.Labels(result.Instance)}</th><td class="age">{Age(result, newest)}</td><td class="tool">{(
                newest is null ? "" : $"{newest.Tool}, {newest.Type.Name()}"
            )}</td><td class="loss">{Facts.ShortLoss(result) ?? Unknown(one)}</td><td class="queue">{Facts.ShortQueue(result)
                ?? Unknown(one)}</td></tr>

            """
        );
    }

    static Html Age(ProbeResult result, BackupFacts? newest)
    {
        if (!result.IsMonitored)
            return Html.Format($"<span class=\"unknown\">it answers for others</span>");
        if (result.Server is { DoesNotArchiveItself: true })
            return Html.Format($"<span class=\"unknown\">a standby: see its primary</span>");
        if (newest is not { Age: { } age })
            return Html.Format($"<span class=\"unknown\">none is known</span>");
        var type = ShowBackup.LimitTypeFor(result.Instance, newest.Type);
        return Html.Format(
            $"<div>{Bar.Render(result.Instance, type, age)}"
                + $"<span><b>{Humanize.Duration(age)}</b>{Bar.First(result.Instance, type)}</span></div>"
        );
    }

    static Html Unknown(Assessment one) =>
        Html.Format($"<span class=\"unknown\">" + $"{(one.Standing == Verdict.NotAssessed ? "–" : "unknown")}</span>");
}
