using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Page;
using BackupMetricsJob.Schedule.State;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>The exact content of the page.</summary>
public sealed class PageTests
{
    /// <summary>All problems of the job, and a database whose name is markup.</summary>
    internal static ScheduleSnapshot Trouble { get; } =
        Spoilt(
            Samples.Of(
                Samples.Named("<script>alert(1)</script>", ("team", "\"><img src=x onerror=alert(1)>")),
                Samples.Named("gone") with
                {
                    Server = null,
                    Backups = [],
                    SourcesThatAnswered = [],
                    Failure = new(FailureReason.Auth, "password authentication failed for user \"<b>monitor</b>\" \u202Egnp.exe"),
                }
            )
        ) with
        {
            IsCluster = true,
            StoreProblem = "Failed to connect to 10.0.0.1:5432 & more",
            LastClusterSlot = new(Noon.AddMinutes(-7), "backup2"),
            ReloadFailure = new(
                Noon.AddHours(-1),
                [
                    "/etc/backup-metrics/main.yaml:3:1: unknown key \"deadlin\": did you mean \"deadline\"?",
                    "/etc/backup-metrics/main.yaml:9:4: <b>",
                ]
            ),
            Current = new(Noon.AddMinutes(-6), Noon.AddMinutes(-6), IsRetry: true) { OverrunsNextSlot = true },
        };

    [Fact]
    public void A_healthy_database() => Matches("page-healthy.html", Samples.Of(Result));

    [Fact]
    public void Several_with_each_kind_of_trouble() => Matches("page-several.html", Samples.Many(40));

    [Fact]
    public void Before_the_first_run() => Matches("page-fresh.html", Samples.Fresh);

    [Fact]
    public void A_job_in_trouble() => Matches("page-trouble.html", Trouble);

    [Fact]
    public void Nothing_of_a_database_or_of_a_message_becomes_markup()
    {
        var page = Page(Trouble);

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>monitor", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202E", page, StringComparison.Ordinal);
        Assert.Contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("<script").Length); // Its own.
    }

    [Theory]
    [InlineData(0, "The backups are OK")]
    [InlineData(10, "The backups are OK")]
    [InlineData(11, "The state of the backups is unknown")]
    public void It_is_not_green_where_nobody_has_asked_for_two_intervals(int minutes, string headline) =>
        Assert.Contains(
            $"<span>{headline}</span>",
            string.Concat(StatusPage.Render(Samples.Of(Result), Noon.AddMinutes(minutes - 2).AddSeconds(2))),
            StringComparison.Ordinal
        );

    [Fact]
    public void Nothing_is_green_where_nobody_has_asked_for_two_intervals()
    {
        var page = string.Concat(StatusPage.Render(Samples.Many(40), Noon.AddHours(9)));
        var main = page[page.IndexOf("<main", StringComparison.Ordinal)..page.IndexOf("id=\"runs\"", StringComparison.Ordinal)];

        Assert.Matches("<h2 id=\"h-ok\">[0-9]+ unknown, [0-9]+ not assessed</h2>", main);
        Assert.Contains("#sign-critical", main, StringComparison.Ordinal);
        Assert.True(main.Split("#sign-unknown").Length > 30);
        Assert.DoesNotContain("#sign-ok", main, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"bar ok\"", main[main.IndexOf("id=\"ok\"", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.DoesNotContain(
            "by the server&#39;s word",
            main[main.IndexOf("id=\"ok\"", StringComparison.Ordinal)..],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_needs_somebody_stands_before_how_the_job_runs()
    {
        var page = Page(Samples.Many(40));

        Assert.True(
            page.IndexOf("id=\"attention\"", StringComparison.Ordinal) < page.IndexOf("class=\"glance\"", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(40)]
    [InlineData(50)]
    [InlineData(1000)]
    public void Each_database_that_the_headline_counts_has_a_card(int count)
    {
        var page = Page(Samples.Many(count));

        var counted = Regex.Match(page, "<h1>.*<span>([0-9]+) of [0-9]+ databases need attention</span>").Groups[1].Value;
        Assert.NotEqual("", counted);
        Assert.Contains($"Needs attention <span class=\"count\">{counted}</span>", page, StringComparison.Ordinal);
        Assert.Equal(counted, Regex.Count(page, "<details class=\"card ").ToString(CultureInfo.InvariantCulture));
        Assert.Contains("Nothing is known, and no limit asks for a backup.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_not_green_where_the_job_is_not_well_though_the_backups_are()
    {
        var well = Samples.Of(Result);
        Headline("Prometheus has no current data: the last push did not arrive", Spoilt(well));
        Headline("The cluster&#39;s store is unavailable", well with { StoreProblem = "gone" });
        Headline("The scheduler does not work", well with { Problem = "stuck" });
        Headline(
            "The last run ended with a bug",
            well with
            {
                History = [.. well.History, well.History[0] with { ExitCode = ExitCode.Bug }],
            }
        );

        static void Headline(string text, ScheduleSnapshot now)
        {
            var page = Page(now);
            Assert.Contains($"<span>{text}</span>", page, StringComparison.Ordinal);
            Assert.Contains("<h1><svg class=\"icon critical\"", page, StringComparison.Ordinal);
            Assert.Contains("The backups are OK, as far as this node knows.", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_node_of_a_cluster_that_did_not_run_the_last_slot_names_the_one_that_did()
    {
        var page = Page(Samples.Of(Result) with { IsCluster = true, LastClusterSlot = new(Noon, "backup2") });

        Assert.Contains("<span>See node backup2</span>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("orders", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "ok", 4.8)] // 3 h of 50 h, of which a quarter more is the whole bar
    [InlineData(27, "warning", 43.2)]
    [InlineData(51, "critical", 81.6)]
    [InlineData(900, "critical", 100)]
    public void A_bar_is_as_long_as_the_age_and_marks_both_limits(int hours, string kind, double length)
    {
        var bar = AgeBar.Render(Orders, LimitType.Base, TimeSpan.FromHours(hours)).Markup;

        Assert.StartsWith($"<svg class=\"bar {kind}\"", bar, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"<rect class=\"fill\" width=\"{length:0.##}\""), bar, StringComparison.Ordinal);
        Assert.Contains("<rect class=\"mark\" x=\"41.6\"", bar, StringComparison.Ordinal);
        Assert.Contains("<rect class=\"mark\" x=\"80\"", bar, StringComparison.Ordinal);
        Assert.Equal("", AgeBar.Render(Orders, LimitType.Logical, TimeSpan.FromHours(hours)).Markup);
    }

    [Fact]
    public void A_thousand_databases_come_in_pieces()
    {
        var pieces = StatusPage.Render(Samples.Many(1000), Noon).ToList();

        Assert.InRange(pieces.Count, 20, 200);
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, 40_000));
    }

    static ScheduleSnapshot Spoilt(ScheduleSnapshot now) =>
        now with
        {
            Last = now.Last! with
            {
                ExitCode = ExitCode.PushNotDelivered,
                Report = now.Last.Report with { Pushes = [Samples.Pushed(PushResult.Unreachable)] },
            },
        };

    /// <summary>Without style and script, which are files of their own.</summary>
    static void Matches(string name, ScheduleSnapshot now) =>
        Snapshot.Matches(
            name,
            Page(now)
                .Replace(PageParts.Style.Markup, "...", StringComparison.Ordinal)
                .Replace(PageParts.Script.Markup, "...", StringComparison.Ordinal)
        );

    static string Page(ScheduleSnapshot now) => string.Concat(StatusPage.Render(now, Noon));
}
