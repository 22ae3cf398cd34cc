using BackupMetricsJob.Sources;

namespace BackupMetricsJob.Tests.Sources;

/// <summary>A time that lies in the future does so by one of two clocks, and that one is named with what it says.</summary>
public sealed class SourceClockTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void By_the_databases_clock() =>
        Assert.Equal(
            "in the future: 2026-11-22 12:06:00 UTC, the database's clock says 2026-11-22 12:00:00 UTC",
            new SourceClock(Noon, Noon.AddMinutes(9)).Future(Noon.AddMinutes(6))
        );

    [Fact]
    public void By_the_jobs_clock_where_the_databases_is_ahead()
    {
        var clock = new SourceClock(Noon, Noon.AddMinutes(-6));

        Assert.True(clock.IsFuture(Noon.AddSeconds(-2)));
        Assert.Equal(
            "in the future: 2026-11-22 11:59:58 UTC, the clock of this job says 2026-11-22 11:54:00 UTC (the "
                + "database's 2026-11-22 12:00:00 UTC)",
            clock.Future(Noon.AddSeconds(-2))
        );
    }
}
