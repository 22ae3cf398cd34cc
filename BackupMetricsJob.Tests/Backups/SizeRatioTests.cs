using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>The newest against the median of those before it.</summary>
public sealed class SizeRatioTests
{
    [Theory]
    [InlineData("100", null)]
    [InlineData("100 90 110", null)]
    [InlineData("50 100 90 110", 0.5)]
    [InlineData("50 100 80 120 90", 0.5263157894736842)]
    [InlineData("0 100 100 100", 0.0)]
    [InlineData("10 ? 100 ? 100 100", 0.1)]
    [InlineData("? 100 100 100", null)]
    [InlineData("10 0 0 0", null)]
    public void It_needs_three_before_the_newest(string newestFirst, double? ratio) =>
        Assert.Equal(ratio, SizeRatio.Compute(Sizes(newestFirst)));

    [Fact]
    public void Only_ten_before_the_newest_count() =>
        Assert.Equal(2, SizeRatio.Compute([200, .. Enumerable.Repeat<long?>(100, 10), .. Enumerable.Repeat<long?>(1, 50)]));

    [Fact]
    public void Where_the_newest_has_no_size_what_is_stored_counts() =>
        Assert.Equal(0.25, SizeRatio.Compute(Sizes("? 100 100 100"), Sizes("10 40 40 40")));

    static List<long?> Sizes(string text) =>
        [
            .. text.Split(' ')
                .Select(word => word == "?" ? (long?)null : long.Parse(word, System.Globalization.CultureInfo.InvariantCulture)),
        ];
}
