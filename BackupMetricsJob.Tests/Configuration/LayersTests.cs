using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>Flags override variables, and variables override files, each setting by itself.</summary>
public sealed class LayersTests
{
    const string Main = """
        gateway: {url: http://file:9091, timeout: 3s}
        job: file
        interval: 1m
        deadline: 31s
        concurrency: 3
        splay: 3s
        legacy_names: false
        fail_on: never
        grouping: {cluster: file, zone: file}
        targets:
        - {name: a, connection: host=a user=u, timeout: 3s, labels: {team: file, tier: file}, max_age: {base: 3h, logical: 3h}}
        - {name: b, connection: host=b user=u}
        """;

    [Fact]
    public void Each_setting_has_its_own_precedence()
    {
        using var file = new ConfigurationFile(Main);
        string[] variables =
        [
            "BACKUP_METRICS_JOB=env",
            "BACKUP_METRICS_INTERVAL=2m",
            "BACKUP_METRICS_DEADLINE=32s",
            "BACKUP_METRICS_CONCURRENCY=2",
            "BACKUP_METRICS_SPLAY=0s",
            "BACKUP_METRICS_LEGACY_NAMES=true",
            "BACKUP_METRICS_FAIL_ON=any",
            "BACKUP_METRICS_GROUPING=cluster=env",
            "BACKUP_METRICS_GATEWAY=http://env:9091,http://env2:9091",
            "BACKUP_METRICS_CONNECTION=",
            "BACKUP_METRICS_CONFIG=FOLDER/main.yaml",
        ];
        variables[^1] = $"BACKUP_METRICS_CONFIG={file.Folder}/main.yaml";

        var (fromFile, fromVariables) = (file.Read(push: true), file.Read([], variables, push: true));
        var fromFlags = file.Read(
            [
                "job=flag",
                "interval=9m",
                "deadline=39s",
                "concurrency=9",
                "splay=9s",
                "grouping=cluster=flag",
                "gateway=http://flag:9091",
                "gateway-timeout=9s",
            ],
            variables,
            push: true
        );

        Assert.Equal("/job/file/cluster/file/zone/file 1 31 3 3 False http://file:9091 3", Told(fromFile));
        Assert.Equal("/job/env/cluster/env/zone/file 2 32 2 0 True http://env:9091 http://env2:9091 10", Told(fromVariables));
        Assert.Equal("/job/flag/cluster/flag/zone/file 9 39 9 9 True http://flag:9091 9", Told(fromFlags));
        Assert.True(file.Output.FailOnTarget);

        static string Told(JobOptions job) =>
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{job.Group.ToPath()} {job.Interval!.Value.TotalMinutes} {job.Deadline.TotalSeconds} {job.Concurrency} "
                    + $"{job.Splay.TotalSeconds} {job.LegacyNames} {string.Join(' ', job.Gateways)} "
                    + $"{job.Gateways[0].AttemptTimeout.TotalSeconds}"
            );
    }

    [Fact]
    public void Timeout_limits_and_labels_of_flags_apply_to_every_target()
    {
        using var file = new ConfigurationFile(Main);

        var job = file.Read(["timeout=9s", "max-age=base=9h", "window=9d", "label=team=flag"]);

        Assert.All(job.Targets, target => Assert.Equal(TimeSpan.FromSeconds(9), target.Target!.Timeout));
        Assert.All(job.Targets, target => Assert.Equal([new(Severity.Critical, TimeSpan.FromDays(9))], target.Instance.Window));
        Assert.Equal([new("team", "flag"), new("tier", "file")], job.Targets[0].Instance.Labels);
        Assert.Equal([new("team", "flag")], job.Targets[1].Instance.Labels);
        Assert.Equal(
            [
                new(LimitType.Base, Severity.Critical, TimeSpan.FromHours(9)),
                new(LimitType.Logical, Severity.Critical, TimeSpan.FromHours(3)),
            ],
            job.Targets[0].Instance.Limits.Take(2)
        );
    }

    [Theory]
    [InlineData("connection=host=h")]
    [InlineData("instance=i")]
    [InlineData("source=server")]
    [InlineData("server=x")]
    [InlineData("query=/x")]
    public void A_setting_of_a_single_database_is_refused_beside_targets_of_a_file(string flag)
    {
        using var file = new ConfigurationFile(Main);
        var name = flag.Split('=')[0];

        Assert.Equal(
            $"--{name}: describes a single database, so it cannot be combined with targets from a file: set it there\n",
            file.Problems([flag])
        );
        Assert.Equal(ProblemOrigin.Flag, file.All[0].Origin);
        Assert.StartsWith(
            $"{GivenSettings.Variable(name)}: describes a single",
            file.Problems(variables: [$"{GivenSettings.Variable(name)}={flag.Split('=', 2)[1]}"]),
            StringComparison.Ordinal
        );
        Assert.Equal(ProblemOrigin.Configuration, file.All[0].Origin);
    }

    [Fact]
    public void A_label_that_is_also_in_the_grouping_key_is_reported_once_at_its_location()
    {
        using var file = new ConfigurationFile(
            "grouping: {env: x}\ndefaults:\n  labels: {env: y}\ntargets: [{name: a}, {name: b}, {name: c, labels: {env: z}}]\n"
        );

        Assert.Equal(
            "main.yaml:3:12: label env is also a label of the grouping key, so the gateway would overwrite it\nmain.yaml:4:52: "
                + "label env is also a label of the grouping key, so the gateway would overwrite it\n",
            file.Problems(variables: ["PGUSER=u"])
        );
    }

    [Theory]
    [InlineData("concurrency=0", "--concurrency \"0\": must be a whole number from 1 to 1000\n")]
    [InlineData("splay=5", "--splay \"5\": must be a duration like 30s, 5m, 26h or 1h30m (units y, w, d, h, m, s, ms; 100y at most)\n")]
    [InlineData("config=/nonexistent/x", "--config \"/nonexistent/x\": does not exist\n")]
    [InlineData("config=", "--config \"\": cannot be read: The value cannot be an empty string. (Parameter 'path')\n")]
    public void An_invalid_flag_is_named(string flag, string problems)
    {
        using var file = new ConfigurationFile("targets: [{name: a, connection: host=h user=u}]\n");

        Assert.Equal(problems, file.Problems([flag]));
    }

    [Fact]
    public void The_concurrency_is_eight_per_core_and_at_least_sixteen()
    {
        Assert.Equal([16, 16, 32, 64, 64], new[] { 1, 2, 4, 8, 128 }.Select(JobDefaults.Concurrency));
        using var file = new ConfigurationFile("targets: [{name: a, connection: host=h user=u}]\n");
        Assert.Equal(JobDefaults.Concurrency(Environment.ProcessorCount), file.Read().Concurrency);
    }
}
