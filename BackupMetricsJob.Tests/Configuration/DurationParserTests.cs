using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>Prometheus' durations.</summary>
public sealed class DurationParserTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("26h", 93600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1d2h3m4s5ms", 93784.005)]
    [InlineData("2w", 1209600)]
    [InlineData("1y", 31536000)]
    [InlineData("0s", 0)]
    public void What_prometheus_accepts_is_accepted(string text, double seconds)
    {
        Assert.True(DurationParser.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("h")]
    [InlineData("-5s")]
    [InlineData("1.5h")]
    [InlineData("5 s")]
    [InlineData("30m1h")]
    [InlineData("1h1h")]
    [InlineData("5S")]
    [InlineData("5x")]
    [InlineData("101y")]
    [InlineData("999999999999999999999s")]
    [InlineData("100y1s")]
    public void Anything_else_is_refused(string text) => Assert.False(DurationParser.TryParse(text, out _));
}
