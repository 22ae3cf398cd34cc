using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>The schedule in the configuration file.</summary>
public sealed class ScheduleFileTests : IDisposable
{
    const string Targets =
        "gateway: {url: 'http://127.0.0.1:1'}\ntargets: [{name: a, connection: 'postgresql://u@127.0.0.1:1/x'}, {name: b, connection: "
        + "'postgresql://u@127.0.0.1:1/x'}]\n";

    readonly TempFolder _folder = new();

    [Fact]
    public void The_schedule_comes_from_the_file_and_flags_go_before_it()
    {
        Write("cron: '*/10 * * * *'\ntimezone: Europe/Zurich\ngrace: 5s\n" + Targets);
        using var ofFile = Start();
        using var ofFlags = Start("cron=@hourly", "timezone=UTC", "grace=0s");

        var (read, over) = (ofFile.Options.Current, ofFlags.Options.Current);
        Assert.Equal(("*/10 * * * *", "Europe/Zurich", TimeSpan.FromSeconds(5)), (read.Plan.Text, read.Plan.Zone.Id, read.Grace));
        Assert.Equal((TimeSpan.FromMinutes(10), 2), (read.Job.Interval, read.Job.Targets.Count));
        Assert.Equal(("@hourly", "UTC", TimeSpan.Zero), (over.Plan.Text, over.Plan.Zone.Id, over.Grace));
    }

    [Fact]
    public void What_is_wrong_in_the_file_is_told_with_its_place_and_the_old_schedule_stays()
    {
        Write("cron: '*/10 * * * *'\n" + Targets);
        using var daemon = Start();

        Write("cron: '61 * * * *'\ntimezone: Mars/Base\ngrace: 2h\ndeadlin: 5s\n" + Targets);
        var kept = daemon.Options.Reload();

        Assert.Equal("*/10 * * * *", kept.Plan.Text);
        Assert.Equal(4, daemon.Lines.Count);
        Assert.Contains(
            "main.yaml:1:7: cron \"61 * * * *\": Minute and Second values must be between 0 and 59; must be five fields",
            daemon.Lines[0],
            StringComparison.Ordinal
        );
        Assert.Contains(
            "main.yaml:2:11: timezone \"Mars/Base\": must be a time zone of this system",
            daemon.Lines[1],
            StringComparison.Ordinal
        );
        Assert.Contains("main.yaml:3:8: grace \"2h\": must be a duration like", daemon.Lines[2], StringComparison.Ordinal);
        Assert.Contains("main.yaml:4:1: unknown key \"deadlin\"", daemon.Lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_the_only_problem()
    {
        Write("cron: '@hourly'\n" + Targets);
        using var daemon = Start();

        File.Delete(_folder.File("main.yaml"));
        daemon.Options.Reload();

        Assert.Contains("main.yaml", Assert.Single(daemon.Lines), StringComparison.Ordinal);
        Assert.Equal("@hourly", daemon.Options.Current.Plan.Text);
    }

    [Fact]
    public void A_part_of_the_targets_needs_a_group_of_its_own_unless_nothing_is_pushed()
    {
        Write("cron: '@hourly'\n" + Targets);

        var wrong = Assert.Throws<ArgumentException>(() => Start("target=a"));
        using var grouped = Start("target=a", "grouping=part=a");
        using var silent = Start("target=a", "no-push=true");
        using var dry = Start("target=a", "dry-run=true");

        Assert.StartsWith(
            "--target: needs --grouping NAME=VALUE with schedule (or --no-push, or --dry-run)",
            wrong.Message,
            StringComparison.Ordinal
        );
        Assert.All([grouped, silent, dry], daemon => Assert.Single(daemon.Options.Current.Job.Targets));
        Assert.Single(grouped.Options.Current.Job.Gateways);
    }

    public void Dispose() => _folder.Dispose();

    void Write(string text) => _folder.Write("main.yaml", text);

    Harness Start(params string[] settings) =>
        new(new FixedClock(), withDatabase: false, ["config=" + _folder.File("main.yaml"), .. settings]);
}
