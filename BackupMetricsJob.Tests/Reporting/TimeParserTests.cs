using System.Globalization;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Tests.Reporting;

/// <summary>Times as `date` prints them; nothing that leaves the zone to a guess.</summary>
public sealed class TimeParserTests
{
    [Theory]
    [InlineData("2026-11-22T03:00:00Z", "2026-11-22T03:00:00.0000000")]
    [InlineData("2026-11-22T03:00:00+05:30", "2026-11-21T21:30:00.0000000")]
    [InlineData("2026-11-22 03:00:00-08:00", "2026-11-22T11:00:00.0000000")]
    [InlineData("2026-11-22T03:00:00.1234567Z", "2026-11-22T03:00:00.1234567")]
    [InlineData("2026-11-22 03:00:00.5Z", "2026-11-22T03:00:00.5000000")]
    [InlineData("2026-11-22T03:00:00.25+00:00", "2026-11-22T03:00:00.2500000")]
    [InlineData("1795316400", "2026-11-22T03:00:00.0000000")]
    [InlineData("1795316400.123456789", "2026-11-22T03:00:00.1234567")]
    [InlineData("0", "1970-01-01T00:00:00.0000000")]
    public void What_date_prints_is_read(string text, string utc)
    {
        Assert.True(TimeParser.TryParse(text, out var time));
        Assert.Equal(utc, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("2026-11-22")]
    [InlineData("2026-11-22T03:00:00")]
    [InlineData("2026-11-22T03:00:00 CET")]
    [InlineData("22.11.2026 03:00:00Z")]
    [InlineData("2026-02-30T03:00:00Z")]
    [InlineData("-5")]
    [InlineData("1e9")]
    [InlineData("1,795,316,400")]
    [InlineData("99999999999999")]
    [InlineData(" 1795316400")]
    public void Everything_else_is_refused(string text) => Assert.False(TimeParser.TryParse(text, out _));
}
