using BackupMetricsJob.Configuration;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>Settings that are read again and again.</summary>
public sealed class GoodOptionsTests
{
    [Fact]
    public void Broken_settings_leave_the_last_good_ones_and_are_told_until_they_are_mended()
    {
        using var daemon = new Harness(new FixedClock(), "cron=*/5 * * * *", "no-push=true");
        var good = daemon.Read;
        Assert.True(daemon.Options.Current.Job.LastReloadSuccessful);

        daemon.Read = (out ScheduleOptions? options) =>
        {
            options = null;
            return [new(ProblemOrigin.Configuration, "/etc/x.yaml:3:1: no")];
        };
        Assert.False(daemon.Options.Again().Job.LastReloadSuccessful);
        Assert.Equal("*/5 * * * *", daemon.Options.Current.Plan.Text);
        Assert.Equal(["/etc/x.yaml:3:1: no"], daemon.State.Now.ReloadFailure!.Problems);

        daemon.Read = good;
        Assert.True(daemon.Options.Again().Job.LastReloadSuccessful);
        Assert.Null(daemon.State.Now.ReloadFailure);
        Assert.Equal(
            [
                "error schedule: the settings could not be read again, the last good ones stay: /etc/x.yaml:3:1: no",
                "schedule: the settings could be read again, and are in use",
            ],
            daemon.Lines);
    }

    [Theory]
    [InlineData("cron=61 * * * *", "--cron \"61 * * * *\": Minute and Second values must be between 0 and 59; must be five fields as in crontab(5), like")]
    [InlineData("timezone=Mars/Base", "--timezone \"Mars/Base\": must be a time zone of this system")]
    [InlineData("grace=2h", "--grace \"2h\": must be an hour at most")]
    [InlineData("cluster=", "--cluster: must be a postgresql:// URI")]
    [InlineData("node=", "--node \"\": must be a name")]
    public void A_wrong_setting_is_told_with_what_is_allowed(string setting, string problem)
    {
        string[] settings = setting.StartsWith("cron", StringComparison.Ordinal) ? [setting, "no-push=true"] : ["cron=*/5 * * * *", setting, "no-push=true"];
        var wrong = Assert.Throws<ArgumentException>(() => new Harness(new FixedClock(), settings));
        Assert.StartsWith(problem, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_interval_comes_from_the_schedule_unless_it_is_given()
    {
        using var derived = new Harness(new FixedClock(), "cron=*/5 * * * *", "no-push=true");
        using var given = new Harness(new FixedClock(), "cron=*/5 * * * *", "no-push=true", "interval=1h");

        Assert.Equal(TimeSpan.FromMinutes(5), derived.Options.Current.Job.Interval);
        Assert.Equal(TimeSpan.FromHours(1), given.Options.Current.Job.Interval);
    }
}
