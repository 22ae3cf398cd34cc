using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The databases that nobody needs to look at, a line each.</summary>
internal static class WellTable
{
    /// <param name="judged">Worst first.</param>
    public static IEnumerable<Html> Of(IReadOnlyList<Judged> judged)
    {
        var first = 0;
        while (first < judged.Count && judged[first].Standing is Standing.Critical or Standing.Warning)
            first++;
        if (first == judged.Count)
            yield break;
        var isAllWell = judged[^1].Standing == Standing.Well;
        yield return Html.Of(
            $"""
            <section id="well" aria-labelledby="h-well"><h2 id="h-well">{(
                isAllWell ? "Well" : "Well, or not judged"
            )} <span class="count">{judged.Count - first}</span></h2>
            <table><thead><tr><th scope="col">Database</th><th scope="col">Newest backup</th><th scope="col">Made with</th><th scope="col">Would be lost now</th><th scope="col">Ready queue</th></tr></thead><tbody>

            """
        );
        for (var i = first; i < judged.Count; i++)
            yield return Row(judged[i]);
        yield return Html.Of($"</tbody></table></section>\n");
    }

    static Html Row(Judged one)
    {
        var result = one.Result;
        var newest = StateInWords.Newest(result);
        return Html.Of(
            $"""
            <tr data-find="{result.Instance.Name}"><th scope="row">{Icon.Of(
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
            return Html.Of($"<span class=\"unknown\">it answers for others</span>");
        if (result.Server is { DoesNotArchiveItself: true })
            return Html.Of($"<span class=\"unknown\">a standby: see its primary</span>");
        if (newest is not { Age: { } age })
            return Html.Of($"<span class=\"unknown\">none is known</span>");
        var type = ShowBackup.LimitOf(result.Instance, newest.Type);
        return Html.Of(
            $"<div>{Bar.Of(result.Instance, type, age)}<span><b>{InWords.Of(age)}</b>{Bar.First(result.Instance, type)}</span></div>"
        );
    }

    static Html Unknown(Judged one) =>
        Html.Of($"<span class=\"unknown\">" + $"{(one.Standing == Standing.NotJudged ? "–" : "unknown")}</span>");
}
