using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>Flags and environment become a job, or all problems at once.</summary>
public sealed class OptionsReaderTests
{
    const string Db = "postgresql://monitor@db1.example/orders";
    static readonly string[] Enough = ["connection=" + Db, "gateway=http://gw:9091"];

    [Fact]
    public void Everything_but_connection_and_gateway_has_a_default()
    {
        var job = Read(Enough);

        var target = Assert.Single(job.Targets);
        Assert.Equal("db1.example:5432", target.Instance.Name);
        Assert.Equal(TimeSpan.FromSeconds(15), target.Target!.Timeout);
        Assert.Equal(AgeLimit.Defaults, target.Instance.Limits);
        Assert.Equal("/job/backup_metrics/run@base64/ZGIxLmV4YW1wbGU6NTQzMg", job.Group.ToPath());
        Assert.Equal(TimeSpan.FromSeconds(60), job.Deadline);
        Assert.Null(job.Interval);
        Assert.True(job.LegacyNames);
        Assert.Equal("http://gw:9091", Assert.Single(job.Gateways).ToString());
    }

    [Fact]
    public void A_flag_beats_its_variable()
    {
        var environment = new Dictionary<string, string>
        {
            ["BACKUP_METRICS_CONNECTION"] = Db,
            ["BACKUP_METRICS_GATEWAY"] = "http://env:9091",
            ["BACKUP_METRICS_JOB"] = "env_job",
            ["BACKUP_METRICS_TIMEOUT"] = "3s",
            ["BACKUP_METRICS_MAX_AGE"] = "base=30h, wal=none",
            ["BACKUP_METRICS_LABEL"] = "team=a,env=b",
            ["BACKUP_METRICS_DEADLINE"] = "",
        };

        var job = Read(["job=flag_job", "timeout=4s"], environment);

        Assert.Equal("http://env:9091", Assert.Single(job.Gateways).ToString());
        Assert.Equal("flag_job", job.Group.Job);
        Assert.Equal(TimeSpan.FromSeconds(4), job.Targets[0].Target!.Timeout);
        Assert.Equal([new(LimitType.Base, Severity.Critical, TimeSpan.FromHours(30))], job.Targets[0].Instance.Limits);
        Assert.Equal([new("team", "a"), new("env", "b")], job.Targets[0].Instance.Labels);
        Assert.Equal(TimeSpan.FromSeconds(60), job.Deadline);
    }

    [Fact]
    public void Libpqs_environment_completes_the_connection()
    {
        var job = Read(
            ["gateway=http://gw:9091"],
            new()
            {
                ["PGHOST"] = "db2",
                ["PGPORT"] = "6000",
                ["PGUSER"] = "u",
            }
        );

        Assert.Equal("db2:6000", job.Targets[0].Instance.Name);
    }

    [Fact]
    public void A_server_on_this_machine_gets_the_name_of_the_machine() =>
        Assert.Equal(
            Environment.MachineName + ":5433",
            Read(["connection=postgresql://u@127.0.0.1:5433/x", "gateway=http://gw:9091"]).Targets[0].Instance.Name
        );

    [Theory]
    [InlineData("postgresql://u@localhost/x")]
    [InlineData("postgresql://u@127.0.0.1:5433/x")]
    [InlineData("postgresql://u@[::1]/x")]
    [InlineData("host=/run/postgresql user=u")]
    [InlineData("host=db1,localhost user=u")]
    public void In_a_pod_a_server_on_this_host_needs_an_instance(string connection)
    {
        Dictionary<string, string> pod = new() { ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1" };

        var problem = Assert.Single(Problems(["connection=" + connection, "gateway=http://gw:9091"], pod));

        Assert.Equal(ProblemOrigin.Flag, problem.Origin);
        Assert.StartsWith("--instance is missing: ", problem.Message, StringComparison.Ordinal);
        Assert.Equal(
            "/job/backup_metrics/run/orders",
            Read(["connection=" + connection, "gateway=http://gw:9091", "instance=orders"], pod).Group.ToPath()
        );
        Assert.Equal("db1.example:5432", Read(Enough, pod).Targets[0].Instance.Name);
        OptionsReader.Read(Flags(["connection=" + connection]), pod, Purpose.Show, out var shown, out _);
        Assert.NotNull(shown);
        OptionsReader.Read(Flags(["connection=" + connection]), pod, Purpose.Check, out var check, out _);
        Assert.Null(check);
    }

    [Theory]
    [InlineData("db-host-1", false)]
    [InlineData("0a1b2c3d4e5f", true)]
    [InlineData("0a1b2c3d4e5", false)]
    [InlineData("deadbeefcafg", false)]
    public void In_a_container_named_by_its_id_it_needs_one_too(string machine, bool isFleeting) =>
        Assert.Equal(isFleeting, InstanceNames.IsEphemeral(machine, new Dictionary<string, string>()));

    [Fact]
    public void The_grouping_key_is_job_run_and_the_users_own()
    {
        Assert.Equal("/job/j/run/i/cluster/eu1", Read([.. Enough, "job=j", "instance=i", "grouping=cluster=eu1"]).Group.ToPath());
        Assert.Equal("/job/j/run/x", Read([.. Enough, "job=j", "instance=i", "grouping=run=x"]).Group.ToPath());
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var problems = Problems([
            "connection=postgresql://h/db?nonsense=1",
            "gateway=gw:9091",
            "timeout=5",
            "interval=0s",
            "label=instance=x",
            "max-age=base=yesterday",
            "fail-on=sometimes",
            "log-format=xml",
        ]);

        Assert.Equal(8, problems.Count);
        Assert.All(problems, problem => Assert.Equal(ProblemOrigin.Flag, problem.Origin));
        Assert.Contains(
            "--timeout \"5\": must be a duration longer than zero, like 30s",
            string.Join('\n', problems.Select(problem => problem.Message)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_problem_of_a_variable_names_the_variable()
    {
        var problem = Assert.Single(Problems(Enough, new() { ["BACKUP_METRICS_TIMEOUT"] = "soon" }));

        Assert.Equal(ProblemOrigin.Configuration, problem.Origin);
        Assert.StartsWith("BACKUP_METRICS_TIMEOUT \"soon\": must be", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_with_a_line_feed_is_shown_on_one_line() =>
        Assert.Equal(
            "--instance \"a b\": must be a name without control characters",
            Assert.Single(Problems([.. Enough, "instance=a\nb"])).Text
        );

    [Fact]
    public void A_push_needs_a_gateway() =>
        Assert.StartsWith("--gateway is missing", Assert.Single(Problems(["connection=" + Db])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("label=team")]
    [InlineData("label==x")]
    [InlineData("label=__x=1")]
    [InlineData("label=tool=x")]
    [InlineData("label=a=1|label=a=2")]
    [InlineData("label=run=x")]
    [InlineData("label=cluster=x|grouping=cluster=y")]
    [InlineData("grouping=instance=x")]
    [InlineData("grouping=9=x")]
    [InlineData("instance= ")]
    [InlineData("job=")]
    [InlineData("max-age=base")]
    [InlineData("max-age=base=0s")]
    [InlineData("max-age=base:loud=1h")]
    [InlineData("max-age=base:warning=none")]
    [InlineData("max-age=base=1h|max-age=base=2h")]
    [InlineData("window=soon")]
    [InlineData("window=0s")]
    [InlineData("window=loud=28d")]
    [InlineData("window=28d|window=none")]
    [InlineData("window=28d|window=14d")]
    [InlineData("window=28d|window=warning=28d")]
    [InlineData("deadline=-1s")]
    public void Every_invalid_value_is_one_problem(string flags) => Assert.Single(Problems([.. Enough, .. flags.Split('|')]));

    [Fact]
    public void Limits_of_a_type_replace_its_defaults()
    {
        var limits = Read([.. Enough, "max-age=base:warning=20h", "max-age=restore_test=30d"]).Targets[0].Instance.Limits;

        Assert.Equal(
            [
                new(LimitType.Base, Severity.Warning, TimeSpan.FromHours(20)),
                new(LimitType.RestoreTest, Severity.Critical, TimeSpan.FromDays(30)),
                new(LimitType.Wal, Severity.Warning, TimeSpan.FromMinutes(15)),
                new(LimitType.Wal, Severity.Critical, TimeSpan.FromHours(1)),
            ],
            limits
        );
    }

    [Fact]
    public void A_window_has_a_limit_for_each_severity_or_none()
    {
        Assert.Equal([new(Severity.Critical, TimeSpan.FromDays(28))], Window("window=28d"));
        Assert.Equal(
            [new(Severity.Critical, TimeSpan.FromDays(28)), new(Severity.Warning, TimeSpan.FromDays(35))],
            Window("window=28d", "window=warning=35d")
        );
        Assert.Empty(Window("window=none"));
        Assert.Empty(Window());
        Assert.Equal(
            "--window \"28d\": must be longer for warning than for critical",
            Assert.Single(Problems([.. Enough, "window=warning=14d", "window=28d"])).Message
        );

        static IReadOnlyList<WindowLimit> Window(params string[] flags) => Read([.. Enough, .. flags]).Targets[0].Instance.Window;
    }

    static JobOptions Read(string[] flags, Dictionary<string, string>? environment = null)
    {
        var problems = OptionsReader.Read(Flags(flags), environment ?? [], Purpose.Push, out var job, out _);
        Assert.True(job is not null, string.Join('\n', problems.Select(problem => problem.Message)));
        return job!;
    }

    static IReadOnlyList<Problem> Problems(string[] flags, Dictionary<string, string>? environment = null)
    {
        var problems = OptionsReader.Read(Flags(flags), environment ?? [], Purpose.Push, out var job, out _);
        Assert.Null(job);
        return problems;
    }

    static GivenFlags Flags(string[] given)
    {
        var flags = new GivenFlags();
        foreach (var group in given.Select(flag => flag.Split('=', 2)).GroupBy(pair => pair[0], pair => pair[1]))
            flags.Add(group.Key, [.. group]);
        return flags;
    }
}
