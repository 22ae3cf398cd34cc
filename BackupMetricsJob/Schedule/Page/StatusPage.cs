using BackupMetricsJob.Backups;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The status page: headline, problems of the job, problems of databases, the rest. Rendered in pieces to limit memory.</summary>
internal static class StatusPage
{
    const int Piece = 16 * 1024;

    /// <param name="now">The state to show.</param>
    /// <param name="time">The time of the request.</param>
    public static IEnumerable<string> Render(ScheduleSnapshot now, DateTimeOffset time)
    {
        var text = new System.Text.StringBuilder(2 * Piece);
        foreach (var part in Parts(now, time))
        {
            text.Append(part.Markup);
            if (text.Length < Piece)
                continue;
            yield return text.ToString();
            text.Clear();
        }

        if (text.Length > 0)
            yield return text.ToString();
    }

    static IEnumerable<Html> Parts(ScheduleSnapshot now, DateTimeOffset time)
    {
        var assessments = Assessment.Assess(now.NewestRun?.Report.Results ?? [], Headline.Stale(now, time) is not null);
        var headline = Headline.From(now, assessments, time);
        yield return Head(now, headline);
        // Problems come first; without any, the state of the job.
        var isAttentionNeeded = Attention.Count(assessments) > 0;
        yield return Hero(now, headline, time, withJob: !isAttentionNeeded);
        yield return Notices.Render(now);
        yield return Html.Format($"</div>\n<main id=\"main\">\n");
        foreach (var card in Attention.Render(assessments))
            yield return card;
        if (isAttentionNeeded)
            yield return Html.Format(
                $"<section id=\"job\" aria-labelledby=\"h-job\"><h2 id=\"h-job\">"
                    + $"Runs of the job</h2>{JobFacts.AtAGlance(now, time)}</section>\n"
            );
        foreach (var row in HealthyTable.Render(assessments))
            yield return row;
        yield return RunHistory.Table(now, time);
        yield return JobFacts.Render(now, time);
        yield return Html.Format(
            $"""
            </main>
            <footer><nav aria-label="For machines"><a href="metrics">metrics</a> <a href="healthz">healthz</a> <a href="readyz">readyz</a></nav><p>As of {TimeElement.Render(
                time
            )}</p></footer>
            <script>{PageParts.Script}</script>
            </html>

            """
        );
    }

    static Html Head(ScheduleSnapshot now, Headline headline) =>
        Html.Format(
            $"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{headline.Text} · {now.Node}</title>
            <link rel="icon" href="data:image/svg+xml,{Icon.Link(headline.Verdict)}">
            <style>{PageParts.Style}</style>
            {Icon.Shapes}

            """
        );

    static Html Hero(ScheduleSnapshot now, Headline headline, DateTimeOffset time, bool withJob) =>
        Html.Format(
            $"""
            <div id="top">
            <header class="{Icon.Name(headline.Verdict)}"><p class="brand">backup-metrics on <bdi>{now.Node}</bdi></p>
            <h1>{Icon.Render(headline.Verdict)}<span>{headline.Text}</span></h1>
            <p class="sub">{headline.More}{Asked(now, time)}</p>
            {(withJob ? JobFacts.AtAGlance(now, time) : Html.Nothing)}</header>

            """
        );

    static Html Asked(ScheduleSnapshot now, DateTimeOffset time) =>
        now.NewestRun is { } last ? Html.Format($" <span>Probed {TimeElement.Relative(time, last.Ended)}.</span>") : Html.Nothing;
}
