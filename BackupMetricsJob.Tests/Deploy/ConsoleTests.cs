using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The console template as a real Prometheus renders it: each database with its verdict, in words; and it can be read in Chromium,
/// narrow and wide, light and dark.
/// </summary>
public sealed partial class ConsoleTests(WatchedFleet fleet) : IClassFixture<WatchedFleet>
{
    const string Path = "consoles/backup.html";

    [Fact]
    public async Task Each_database_is_told_with_its_verdict_the_worst_first()
    {
        var page = await PageAsync(Path, "orders");

        var rows = Rows(page, "databases").ToDictionary(row => row["Database"]);
        Assert.Equal(["billing", "fresh", "ledger", "shop", "stock", "invoices", "orders"], rows.Keys);
        Assert.Equal("7 databases 4 critical 1 unknown 1 warning 1 ok", Words(Summary().Match(page).Value));
        Assert.Matches("^critical LastBackup( RestoreTestTooOld)?$", rows["billing"]["Verdict"]);
        Assert.Matches("^critical .*BackupNeverMade", rows["fresh"]["Verdict"]);
        Assert.Matches("^critical .*BackupHasErrors", rows["ledger"]["Verdict"]);
        Assert.Matches("^critical .*WalArchiverFailing", rows["shop"]["Verdict"]);
        Assert.Matches("^unknown BackupTargetDown.* refused$", rows["stock"]["Verdict"]);
        Assert.Matches("^warning .*LastBackup", rows["invoices"]["Verdict"]);
        Assert.Equal("ok", rows["orders"]["Verdict"]);
        Assert.Matches("^3[.]1 d limits 26 h · 50 h$", rows["billing"]["Newest backup"]);
        Assert.Equal("only listed", rows["billing"]["Probed"]);
        Assert.Matches("^none known", rows["fresh"]["Newest backup"]);
        Assert.Equal(("unknown", "unknown"), (rows["stock"]["Lost if it died now"], rows["stock"]["Oldest backup"]));
        Assert.Matches(@"^\d+ (s|min) according to the server$", rows["orders"]["Lost if it died now"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\d copies: 1( of 1)?$", rows["shop"]["Oldest backup"]);
        Assert.Equal("1", rows["ledger"]["WAL missing"]);
        Assert.Equal("3.0 d ago short by 44 s", rows["ledger"]["Restored"]);
        Assert.Equal("20.0 d ago", rows["orders"]["Restored"]);
        Assert.DoesNotContain(rows.Values, row => row.ContainsValue(""));
    }

    [Fact]
    public async Task It_says_the_same_as_the_dashboard()
    {
        var ranks = await fleet.Prometheus.QueryAsync(
            Dashboards.Filled(Dashboards.Expression("backup-fleet", "All databases, worst first"), "")
        );
        var page = await PageAsync(Path, "orders");

        Assert.Equal(
            ranks
                .OrderByDescending(sample => sample.Value)
                .ThenBy(sample => sample.Labels["instance"])
                .Select(sample => $"{sample.Labels["instance"]} {sample.Value}"),
            RowVerdict()
                .Matches(page)
                .Select(match => $"{match.Groups[2].Value} {(3 - int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))}")
        );
    }

    [Fact]
    public async Task Any_label_chooses_databases()
    {
        var page = await PageAsync(Path + "?team=payments&env=prod", "is known");
        Assert.Empty(Rows(page, "databases"));

        page = await PageAsync(Path + "?team=payments&job=backup_metrics&not-a-label=1", "orders");
        Assert.Equal(["billing", "ledger", "shop", "invoices", "orders"], Rows(page, "databases").Select(row => row["Database"]));
    }

    [Fact]
    public async Task What_it_asks_again_by_itself_is_one_small_query()
    {
        var page = await PageAsync(Path, "orders");

        Assert.DoesNotContain("reload()", page, StringComparison.Ordinal);
        var query = WebUtility.HtmlDecode(Repeated().Match(page).Groups[1].Value);
        var counts = await fleet.Prometheus.QueryAsync(query);
        Assert.Equal(7, counts.Sum(count => count.Value));
        Assert.True(counts.Count > 3);
    }

    [Fact]
    public async Task The_job_and_its_alerts_are_told()
    {
        var page = await PageAsync(Path, "BackupTargetDown");

        var job = Assert.Single(Rows(page, "jobs"));
        Assert.Equal(("backup_metrics", "4", "1", "2s"), (job["Database"], job["Databases"], job["Failed"], job["Every"]));
        Assert.Contains("BackupTargetDown stock critical firing", Rows(page, "alerts").Select(row => string.Join(' ', row.Values)));
    }

    [Fact]
    public async Task A_job_that_nobody_knows_is_no_green_light()
    {
        var page = await PageAsync(Path + "?job=nobody", "is known: Prometheus has no metrics");

        Assert.Contains("No database with job=nobody is known", Words(page), StringComparison.Ordinal);
        Assert.Empty(Rows(page, "databases"));
        Assert.DoesNotMatch(@"\bok\b", Words(page));
    }

    [Fact]
    public async Task Without_the_rules_no_database_is_ok()
    {
        var configuration =
            "global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: pushgateway\n  honor_labels: true\n  static_configs: "
            + $"[{{targets: ['{new Uri(fleet.Monitoring.Gateway.Url).Authority}']}}]\n";
        await using var prometheus = await PrometheusServer.StartAsync(configuration);
        await prometheus.WaitForAsync("backup_metrics_run_timestamp_seconds");

        var page = Words(await prometheus.GetAsync(Path));

        Assert.Contains("The rules of backup.rules.yml are not loaded", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\bok\b", page);
        Assert.Contains("7 databases 7 unknown", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_can_be_read_in_Chromium()
    {
        await PageAsync(Path, "orders");
        var folder = Environment.GetEnvironmentVariable("BACKUP_METRICS_PICTURES") ?? RunFolder.NewFolder("pictures");

        var result = await ChildProcess.RunAsync(
            Tool.Find("node", "apt-get install nodejs"),
            [
                System.IO.Path.Combine(Repository.Tests, "Deploy", "console-look.cjs"),
                Tool.Find("chromium", "apt-get install chromium"),
                new Uri(fleet.Prometheus.Address, Path).ToString(),
                folder,
            ]
        );

        Assert.Equal("", result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    async Task<string> PageAsync(string path, string with)
    {
        var page = "";
        await Wait.ForAsync(
            path,
            async () => (page = await fleet.Prometheus.GetAsync(path)).Contains(with, StringComparison.Ordinal),
            state: () => page
        );
        return page;
    }

    /// <summary>
    /// The rows of a table: its first cell under "Database", the others under the label that they have on a narrow screen.
    /// </summary>
    static IEnumerable<Dictionary<string, string>> Rows(string page, string table)
    {
        var body = Regex.Match(page, $"<table id=\"{table}\">.*?<tbody>(.*?)</tbody>", RegexOptions.Singleline).Groups[1].Value;
        foreach (Match row in Row().Matches(body))
        {
            var cells = new Dictionary<string, string> { ["Database"] = Words(Head().Match(row.Value).Value) };
            foreach (Match cell in Cell().Matches(row.Value))
                cells[cell.Groups[1].Value] = Words(cell.Groups[2].Value);
            yield return cells;
        }
    }

    static string Words(string html) =>
        Regex
            .Replace(
                WebUtility.HtmlDecode(
                    Regex.Replace(Regex.Replace(html, "<style>.*?</style>", "", RegexOptions.Singleline), "<[^>]*>", " ")
                ),
                @"\s+",
                " "
            )
            .Trim();

    [GeneratedRegex("<tr.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Row();

    [GeneratedRegex("<th.*?</th>", RegexOptions.Singleline)]
    private static partial Regex Head();

    [GeneratedRegex("<td[^>]* data-label=\"([^\"]*)\">(.*?)</td>", RegexOptions.Singleline)]
    private static partial Regex Cell();

    [GeneratedRegex("<p class=\"summary\">.*?</p>", RegexOptions.Singleline)]
    private static partial Regex Summary();

    [GeneratedRegex("<tr class=\"verdict-(\\d)\">\\s*<th scope=\"row\">(\\w+)<")]
    private static partial Regex RowVerdict();

    [GeneratedRegex("data-query=\"([^\"]+)\"")]
    private static partial Regex Repeated();
}
