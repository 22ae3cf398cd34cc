using System.Text.Json;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Reporting;

/// <summary>The report of a push.</summary>
public sealed class PushReportTests
{
    [Theory]
    [InlineData(3600, "warning: the clock of http://gw is 3600 s ahead of this host's; alerts compare times of both")]
    [InlineData(-61, "warning: the clock of http://gw is 61 s behind this host's; alerts compare times of both")]
    public void A_clock_difference_of_more_than_a_minute_is_a_warning(int seconds, string warning) =>
        Assert.Equal(
            ["ok http://gw stored the push (12 samples, 0.04 s)", warning],
            Lines(Stored with { ClockSkew = TimeSpan.FromSeconds(seconds) })
        );

    [Theory]
    [InlineData(60)]
    [InlineData(0)]
    [InlineData(-60)]
    public void A_minute_is_not(int seconds) => Assert.Single(Lines(Stored with { ClockSkew = TimeSpan.FromSeconds(seconds) }));

    [Fact]
    public void Advice_follows_the_failure()
    {
        var refused = new PushOutcome(PushResult.Refused, "http://gw")
        {
            Status = 400,
            Message = "no",
            Advice = "do it",
        };

        Assert.Equal(["FAILED http://gw refused the push (HTTP 400): no", "advice: do it"], Lines(refused));
        Assert.Equal("do it", Json(refused).GetProperty("advice").GetString());
        Assert.False(Json(Stored).TryGetProperty("advice", out _));
    }

    [Fact]
    public void Accepted_is_not_reported_as_stored()
    {
        var accepted = Stored with { Result = PushResult.Accepted, Status = 202 };

        Assert.Equal(["ok http://gw accepted the push without checking it (HTTP 202) (12 samples, 0.04 s)"], Lines(accepted));
        Assert.Equal("accepted", Json(accepted).GetProperty("result").GetString());
        Assert.Equal("stored", Json(Stored).GetProperty("result").GetString());
    }

    static PushOutcome Stored { get; } =
        new(PushResult.Stored, "http://gw")
        {
            Status = 200,
            Attempts = 1,
            Elapsed = TimeSpan.FromSeconds(0.04),
        };

    static string[] Lines(PushOutcome push) => Written(to => RunSummary.Write(Report(push), to));

    static JsonElement Json(PushOutcome push) =>
        JsonDocument.Parse(Written(to => RunSummaryJson.Write(Report(push), ExitCode.Success, FixedClock.Noon, to))[0]).RootElement;

    static RunReport Report(PushOutcome push) => new([], TimeSpan.FromSeconds(1)) { Pushes = [new(push, null) { Samples = 12 }] };

    static string[] Written(Action<TextWriter> write)
    {
        using var text = new StringWriter { NewLine = "\n" };
        write(text);
        return text.ToString().TrimEnd().Split('\n');
    }
}
