using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The databases that need no attention, one line each: their state, and the source of the facts.</summary>
internal static class HealthyTable
{
    /// <param name="assessments">Worst first.</param>
    public static IEnumerable<Html> Render(IReadOnlyList<Assessment> assessments)
    {
        var others = assessments.Where(one => !Attention.Has(one)).ToList();
        if (others.Count == 0)
            yield break;
        yield return Html.Format(
            $"""
            <section id="ok" aria-labelledby="h-ok"><h2 id="h-ok">{Title(others)}</h2>
            <table><thead><tr><th scope="col">Database</th><th scope="col">Newest backup</th><th scope="col">Would be lost now</th><th scope="col">Oldest backup</th><th scope="col">Restore test</th></tr></thead><tbody>

            """
        );
        foreach (var one in others)
            yield return Row(one);
        yield return Html.Format($"</tbody></table></section>\n");
    }

    // If there are several kinds, each with its number: "29 unknown, 1 not assessed".
    static Html Title(List<Assessment> others)
    {
        var kinds = others.CountBy(one => one.Verdict).ToList();
        return kinds is [var (verdict, count)]
            ? Html.Format($"{Icon.Word(verdict)} <span class=\"count\">{count}</span>")
            : Html.Format($"{string.Join(", ", kinds.Select(kind => $"{kind.Value} {Word(kind.Key)}"))}");
    }

    static string Word(Verdict verdict) => verdict == Verdict.Healthy ? Icon.Word(verdict) : Icon.Word(verdict).ToLowerInvariant();

    static Html Row(Assessment one)
    {
        var result = one.Result;
        return Html.Format(
            $"""
            <tr data-find="{result.Instance.Name}"><th scope="row">{Icon.Render(
                one.Verdict
            )}<span class="name"><bdi>{result.Instance.Name}</bdi></span><span class="hidden">: {Icon.Word(
                one.Verdict
            )}</span>{DatabaseFacts.Labels(result.Instance)}</th>{Cells(one)}</tr>

            """
        );
    }

    static Html Cells(Assessment one) =>
        one.Verdict == Verdict.NotAssessed
            ? Html.Format(
                $"<td colspan=\"4\">{Unknown(one.Result.IsMonitored ? "a standby: see its primary" : "only holds facts about others")}</td>"
            )
            : Html.Format(
                $"<td class=\"age\">{Age(one)}</td><td class=\"loss\">{Loss(one)}</td><td class=\"oldest\">{Oldest(one.Result)}</td>"
                    + $"<td class=\"test\">{RestoreTest(one.Result)}</td>"
            );

    static Html Age(Assessment one)
    {
        var result = one.Result;
        if (StateText.Newest(result) is not { Age: { } age, LastSuccess: { } finished } newest)
            return Unknown("none known");
        var made = Small(
            $"{Humanize.Tool(newest.Tool)}, {newest.Type.Name()}"
                + (result.Copies is { } copies ? $", {(copies.Count == 1 ? "1 copy" : $"{copies.Count} copies")}" : "")
        );
        if (one.Verdict == Verdict.Unknown)
            return Html.Format($"<span class=\"dim\">finished {TimeElement.Render(finished)}; one since then is not known</span>{made}");
        var type = ShowBackupLines.LimitTypeFor(result.Instance, newest.Type);
        return Html.Format(
            $"<div>{AgeBar.Render(result.Instance, type, age)}"
                + $"<span><b>{Humanize.Duration(age)}</b>{AgeBar.First(result.Instance, type)}</span></div>{made}"
        );
    }

    static Html Loss(Assessment one) =>
        one is { Verdict: Verdict.Healthy, Result.Loss: { } loss }
            ? Html.Format($"{Humanize.Duration(loss.Window)}{Small(StateText.Word(loss))}")
            : Unknown("unknown");

    // The oldest backup of any type. A recovery window begins with a full one, or later.
    static Html Oldest(ProbeResult result) =>
        result.Backups.Where(backup => backup.Type != BackupType.Wal && backup.Type != BackupType.RestoreTest).Min(backup => backup.Oldest)
            is { } oldest
            ? TimeElement.Date(oldest)
            : Unknown("unknown");

    static Html RestoreTest(ProbeResult result)
    {
        var newest = result.Backups.Where(backup => backup is { Type: BackupType.RestoreTest, Age: not null }).MinBy(backup => backup.Age);
        if (newest is null)
            return Unknown("none known");
        var took = newest.LastTest?.RestoreTime is { } time ? Small("in " + Humanize.Duration(time)) : Html.Nothing;
        return Html.Format($"{TimeElement.Date(newest.LastSuccess!.Value)}{took}");
    }

    static Html Small(string text) => Html.Format($"<small>{text}</small>");

    static Html Unknown(string text) => Html.Format($"<span class=\"dim\">{text}</span>");
}
