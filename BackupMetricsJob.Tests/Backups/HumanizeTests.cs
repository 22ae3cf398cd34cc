using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>Spans and sizes for people.</summary>
public sealed class HumanizeTests
{
    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(99, "99 s")]
    [InlineData(100, "2 min")]
    [InlineData(5999, "100 min")]
    [InlineData(6000, "1.7 h")]
    [InlineData(90476, "25.1 h")]
    [InlineData(259200, "72 h")]
    [InlineData(864000, "10 days")]
    [InlineData(-42, "-42 s")]
    public void A_span_has_the_unit_a_person_would_choose(double seconds, string words) =>
        Assert.Equal(words, Humanize.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(999, "999 bytes")]
    [InlineData(16777216, "16.8 MB")]
    [InlineData(1234567890123, "1.2 TB")]
    public void A_size_has_decimal_units(long bytes, string words) => Assert.Equal(words, Humanize.Bytes(bytes));

    [Theory]
    [InlineData(150020, "15.20")]
    [InlineData(180000, "18.0")]
    public void A_version_is_written_as_postgresql_writes_it(int number, string words) => Assert.Equal(words, Humanize.Version(number));
}
