using System.Net;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The console template as a real Prometheus renders it: each database in its state, in words; and it can be read in Chromium, narrow and
/// wide, light and dark.
/// </summary>
public sealed partial class ConsoleTests(WatchedFleet fleet) : IClassFixture<WatchedFleet>
{
    const string Path = "consoles/backup.html";

    [Fact]
    public async Task Each_database_is_told_in_its_state_the_worst_first()
    {
        var page = await PageAsync(Path, "orders");

        Assert.Equal(
            [
                "stock: not reachable refused",
                "fresh: no backup archiving never worked",
                "billing: too late",
                "shop: WAL not archived archiving never worked",
                "invoices: late",
                "orders: ok",
            ],
            Rows(page, "databases").Select(row => $"{row["Database"]}: {row["State"]}")
        );
        Assert.Equal(
            "6 databases 1 not reachable 1 without a backup 1 too late 1 not archiving WAL 1 late 1 ok",
            Words(Summary().Match(page).Value)
        );
        var rows = Rows(page, "databases").ToDictionary(row => row["Database"]);
        Assert.Matches("^3[.]1 d late by 2[.]0 d$", rows["billing"]["Newest backup"]);
        Assert.Equal("26 h · 50 h", rows["billing"]["Limits"]);
        Assert.Equal("only listed", rows["billing"]["Probed"]);
        Assert.Equal("none known", rows["fresh"]["Newest backup"]);
        Assert.Equal("unknown", rows["billing"]["WAL waiting"]);
        Assert.Matches(@"^[1-9]\d*$", rows["shop"]["WAL waiting"]);
        Assert.Matches(@"^\d+ (s|min)$", rows["orders"]["Lost if it died now"]);
        Assert.Matches(@"^[\d.]+ [kMGT]?B$", rows["orders"]["WAL to replay"]);
        Assert.DoesNotContain(rows.Values, row => row.ContainsValue(""));
    }

    [Fact]
    public async Task It_says_the_same_as_the_dashboard()
    {
        var state = Dashboards
            .Queries(await File.ReadAllTextAsync(Dashboards.Files[0]))
            .First(query => query.Panel == "All targets, worst first")
            .Expression;
        var codes = await fleet.Prometheus.QueryAsync(Dashboards.Filled(state, ""));
        var page = await PageAsync(Path, "orders");

        Assert.Equal(
            codes.OrderByDescending(sample => sample.Value).Select(sample => $"{sample.Labels["instance"]} {sample.Value}"),
            RowState().Matches(page).Select(match => $"{match.Groups[2].Value} {match.Groups[1].Value}")
        );
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

        Assert.Contains("No database of job nobody is known", Words(page), StringComparison.Ordinal);
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

    [GeneratedRegex("<tr class=\"state-(\\d)\">\\s*<th scope=\"row\">(\\w+)</th>")]
    private static partial Regex RowState();
}
