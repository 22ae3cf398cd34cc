using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The databases that need attention, with findings, advice and facts. The first ones are expanded.</summary>
internal static class Attention
{
    const int Open = 8;

    const string SetALimit = "Set a limit, like --max-age base=26h, or name the source that knows its backups.";

    public static int Count(IReadOnlyList<Assessment> assessments) => assessments.Count(Has);

    /// <summary>
    /// Whether a database has a card: something is wrong, or it has nothing that could be healthy. The others are lines of a table.
    /// </summary>
    public static bool Has(Assessment one) => Problems(one).Count > 0;

    /// <param name="assessments">Worst first.</param>
    public static IEnumerable<Html> Render(IReadOnlyList<Assessment> assessments)
    {
        var count = Count(assessments);
        if (count == 0)
            yield break;
        yield return Html.Format(
            $"<section id=\"attention\" aria-labelledby=\"h-attention\"><h2 id=\"h-attention\">Needs attention <span "
                + $"class=\"count\">{count}</span></h2>\n"
        );
        var index = 0;
        foreach (var one in assessments.Where(Has))
            yield return Card(one, index++);
        yield return Html.Format($"</section>\n");
    }

    static Html Card(Assessment one, int index)
    {
        var (result, word, problems) = (one.Result, Icon.Name(one.Verdict), Problems(one));
        var more = problems.Count > 1 ? Html.Format($" <span class=\"more\">and {problems.Count - 1} more</span>") : Html.Nothing;
        return Html.Format(
            $"""
            <details class="card {word}" id="db-{Id(result)}"{(
                index < Open ? new Html(" open") : Html.Nothing
            )} data-find="{result.Instance.Name}">
            <summary id="s-{Id(result)}">{Icon.Render(
                one.Verdict
            )}<span class="name"><bdi>{result.Instance.Name}</bdi></span> <span class="badge">{Icon.Word(
                one.Verdict
            )}</span><span class="short">{problems[0].Summary}{more}</span></summary>
            <ul class="findings">{Html.Join(problems.Select(Finding))}</ul>
            {Known(result)}
            <p class="about"><span>{StateText.InformationSource(result)}, probed {TimeElement.Render(result.At)}</span>{DatabaseFacts.Labels(
                result.Instance
            )}</p>
            </details>

            """
        );
    }

    static IReadOnlyList<Finding> Problems(Assessment one) =>
        one.Findings.Count > 0 ? one.Findings
        : one.Verdict == Verdict.Unknown && StateText.Newest(one.Result) is null
            ? [new(false, ShowText.WithoutFindings(one.Result), SetALimit)]
        : [];

    static Html Finding(Finding finding) =>
        Html.Format(
            $"<li class=\"{(finding.IsCritical ? "critical" : "warning")}\"><p>{Sentence(finding.Summary)}</p><p "
                + $"class=\"do\">{finding.Advice}</p></li>"
        );

    static Html Known(ProbeResult result)
    {
        List<Html> rows = [.. Rows(result)];
        return rows.Count == 0 ? Html.Nothing : Html.Format($"<dl class=\"facts\">{Html.Join(rows)}</dl>");
    }

    static IEnumerable<Html> Rows(ProbeResult result)
    {
        foreach (var backup in result.Backups)
        {
            var bar =
                backup.Age is { } age && BackupFindings.IsTrusted(result, backup)
                    ? AgeBar.Render(result.Instance, ShowBackupLines.LimitTypeFor(result.Instance, backup.Type), age)
                    : Html.Nothing;
            yield return Row(ShowBackupLines.Name(backup.Type), DatabaseFacts.Age(backup, result), bar, DatabaseFacts.Details(backup));
        }

        foreach (var (name, text) in ShowStorageLines.Describe(result))
            yield return Row(name, Html.Format($"{text}"), Html.Nothing, Html.Nothing);
        if (result.Copies is { } copies)
            yield return Row("copies", Html.Format($"{ShowStorageLines.Copies(copies, result.Instance)}"), Html.Nothing, Html.Nothing);
        if (ShowStorageLines.Window(result) is { } window)
            yield return Row("recovery window", Html.Format($"{window}"), Html.Nothing, Html.Nothing);
        if (DatabaseFacts.Loss(result) is { } loss)
            yield return Row(
                "lost if it died now",
                loss,
                Html.Nothing,
                result.ReplayBytes is { } replay ? Html.Format($"a restore replays {Humanize.Bytes(replay)} of WAL") : Html.Nothing
            );
        if (DatabaseFacts.Queue(result) is { } queue)
            yield return Row(
                "ready queue",
                queue,
                DatabaseFacts.Waiting(result) is { } waiting ? AgeBar.Render(result.Instance, LimitType.Wal, waiting) : Html.Nothing,
                Html.Nothing
            );
        if (DatabaseFacts.Archiving(result) is { } archiving)
            yield return Row("WAL archiving", archiving, Html.Nothing, Html.Nothing);
        foreach (var (name, text) in DatabaseFacts.Archives(result))
            yield return Row(name, Html.Format($"{text}"), Html.Nothing, Html.Nothing);
    }

    static Html Row(string name, Html value, Html bar, Html details) =>
        Html.Format(
            $"<div><dt>{name}</dt>"
                + $"<dd>{value}{bar}{(details == Html.Nothing ? details : Html.Format($"<small>{details}</small>"))}</dd></div>"
        );

    /// <summary>Adds a full stop and, unless the text starts with a name, a capital letter.</summary>
    static string Sentence(string text)
    {
        var isWord =
            text.Length > 1
            && char.IsAsciiLetterLower(text[0])
            && text.AsSpan(0, Math.Max(1, text.IndexOf(' ', StringComparison.Ordinal))).IndexOfAnyExceptInRange('a', 'z') < 0;
        return (isWord ? char.ToUpperInvariant(text[0]) + text[1..] : text).TrimEnd('.') + ".";
    }

    /// <summary>Depends only on the name and is safe in HTML.</summary>
    static string Id(ProbeResult result) =>
        Convert.ToHexString(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(result.Instance.Name)).AsSpan(0, 6)
        );
}
