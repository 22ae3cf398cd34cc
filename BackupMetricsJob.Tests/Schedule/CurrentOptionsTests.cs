using BackupMetricsJob.Configuration;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>Settings that are reloaded.</summary>
public sealed class CurrentOptionsTests
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
            return [new(ProblemOrigin.Configuration, "no") { Location = new("/etc/x.yaml", 3, 1) }];
        };
        Assert.False(daemon.Options.Reload().Job.LastReloadSuccessful);
        Assert.Equal("*/5 * * * *", daemon.Options.Current.Plan.Text);
        Assert.Equal(["/etc/x.yaml:3:1: no"], daemon.State.Now.ReloadFailure!.Problems);

        daemon.Read = good;
        Assert.True(daemon.Options.Reload().Job.LastReloadSuccessful);
        Assert.Null(daemon.State.Now.ReloadFailure);
        Assert.Equal(
            [
                "error schedule: the settings could not be reloaded and the last valid ones stay in use: /etc/x.yaml:3:1: no",
                "schedule: the settings are valid again and in use",
            ],
            daemon.Lines
        );
    }

    [Theory]
    [InlineData(
        "cron=61 * * * *",
        "--cron \"61 * * * *\": Minute and Second values must be between 0 and 59; must be five fields as in crontab(5), like"
    )]
    [InlineData("timezone=Mars/Base", "--timezone \"Mars/Base\": must be a time zone of this system")]
    [InlineData("grace=2h", "--grace \"2h\": must be a duration like 30s")]
    [InlineData("cluster=", "--cluster: must be a postgresql:// URI")]
    [InlineData(
        "cluster=postgresql://u@h1,h2/x",
        "--cluster: must have one host and no target_session_attrs: use one name that follows the primary"
    )]
    [InlineData("cluster=postgresql://u@h1/x?target_session_attrs=primary", "--cluster: must have one host and no target_session_attrs")]
    [InlineData("node=", "--node \"\": must be a name")]
    [InlineData("node=a", "--node: needs --cluster")]
    [InlineData("cluster-name=a", "--cluster-name: needs --cluster")]
    public void A_wrong_setting_is_told_with_what_is_allowed(string setting, string problem)
    {
        string[] settings = setting.StartsWith("cron", StringComparison.Ordinal)
            ? [setting, "no-push=true"]
            : ["cron=*/5 * * * *", setting, "no-push=true"];
        var wrong = Assert.Throws<ArgumentException>(() => new Harness(new FixedClock(), settings));
        Assert.StartsWith(problem, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-push", "", true)]
    [InlineData("no-push", "127.0.0.1:9351", false)]
    [InlineData("dry-run", "", false)]
    public void A_schedule_whose_results_go_nowhere_is_warned_of(string how, string listen, bool isWarned)
    {
        var flags = new GivenFlags();
        flags.Add("cron", ["*/5 * * * *"]);
        flags.Add("connection", ["postgresql://u@db/x"]);
        flags.Add("gateway", ["http://gateway:9091"]);
        flags.Add(how, ["true"]);
        if (listen.Length > 0)
            flags.Add("listen", [listen]);

        ScheduleOptionsReader.Read(flags, new Dictionary<string, string>(), DateTimeOffset.UnixEpoch, out var options, out _);

        Assert.Equal(
            isWarned,
            options!.Job.Warnings.Any(warning => warning.Contains("--no-push without --listen", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void What_somebody_should_know_is_told_once_and_again_when_they_ask()
    {
        using var folder = new TempFolder();
        var passwords = folder.Write("pgpass", "*:*:*:*:x");
        File.SetUnixFileMode(passwords, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        using var daemon = new Harness(
            new FixedClock(),
            "cron=*/5 * * * *",
            "no-push=true",
            $"connection=postgresql://u@127.0.0.1:1/x?passfile={passwords}"
        );

        daemon.Options.LogWarnings();
        var told = Assert.Single(daemon.Lines);
        Assert.StartsWith("warning schedule: db: ", told, StringComparison.Ordinal);
        Assert.Contains(passwords, told, StringComparison.Ordinal);
        daemon.Options.Reload();
        daemon.Options.Reload();
        Assert.Single(daemon.Lines);
        daemon.Options.Reload(isAsked: true);
        Assert.Equal([told, told], daemon.Lines);
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
