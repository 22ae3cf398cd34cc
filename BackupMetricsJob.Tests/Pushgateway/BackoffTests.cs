using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

public class BackoffTests
{
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 8)]
    [InlineData(5, 10)]
    public void The_ceiling_doubles_up_to_ten_seconds(int failures, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), new Backoff(() => 1).NextDelay(failures, null, Minute));
        Assert.Equal(TimeSpan.FromSeconds(seconds) / 2, new Backoff(() => 0.5).NextDelay(failures, null, Minute));
        Assert.Equal(TimeSpan.Zero, new Backoff(() => 0).NextDelay(failures, null, Minute));
    }

    [Fact]
    public void What_the_gateway_asks_for_is_the_least() =>
        Assert.Equal(TimeSpan.FromSeconds(8), new Backoff(() => 1).NextDelay(1, TimeSpan.FromSeconds(7), Minute));

    [Fact]
    public void A_wait_that_was_asked_for_and_does_not_fit_ends_the_push() =>
        Assert.Null(new Backoff(() => 0).NextDelay(1, TimeSpan.FromSeconds(60), Minute));

    [Fact]
    public void Jitter_leaves_half_of_the_rest_to_the_attempt() =>
        Assert.Equal(TimeSpan.FromSeconds(2), new Backoff(() => 1).NextDelay(4, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)));

    [Fact]
    public void Full_jitter_stays_below_its_ceiling()
    {
        var waits = Enumerable.Range(0, 200).Select(_ => Backoff.FullJitter.NextDelay(1, null, Minute)!.Value).ToList();

        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.True(waits.Distinct().Count() > 100);
    }

    [Fact]
    public void A_later_attempt_may_take_longer_but_never_longer_than_the_deadline()
    {
        var budget = new PushBudget(Minute, TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.FromSeconds(10), budget.ForAttempt(1, Minute));
        Assert.Equal(TimeSpan.FromSeconds(30), budget.ForAttempt(3, Minute));
        Assert.Equal(TimeSpan.FromSeconds(5), budget.ForAttempt(3, TimeSpan.FromSeconds(5)));
    }
}
