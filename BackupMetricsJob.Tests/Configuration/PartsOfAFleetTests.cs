using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>--target, shards and --config-dir select the targets of a run.</summary>
public sealed class PartsOfAFleetTests
{
    const string Main =
        "gateway: {url: http://gw:9091}\ngrouping: {cluster: eu1}\ntargets: [{name: orders, connection: host=h user=u}, {name: stock, "
        + "connection: host=h user=u}, {name: web, connection: host=h user=u}]\n";

    [Fact]
    public void A_subset_is_printed_and_not_pushed()
    {
        using var file = new ConfigurationFile(Main);

        var job = file.Read(["target=stock"], push: true);

        Assert.Equal("stock", Assert.Single(job.Targets).Instance.Name);
        Assert.Equal(["orders", "web"], job.OtherInstances.Select(instance => instance.Name));
        Assert.True(file.Output.DryRun);
        Assert.Empty(job.Gateways);
        Assert.Equal(
            [
                "--target: the metrics are printed, not pushed, because a push would replace the group of all targets. "
                    + "Set --grouping NAME=VALUE to push them to a group of their own",
            ],
            job.Warnings
        );
    }

    [Fact]
    public void A_subset_with_a_group_of_its_own_is_pushed()
    {
        using var file = new ConfigurationFile(Main);

        var job = file.Read(["target=stock", "target=web", "grouping=part=x"], push: true);

        Assert.Equal((2, "/job/backup_metrics/part/x/cluster/eu1", false), (job.Targets.Count, job.Group.ToPath(), file.Output.DryRun));
        Assert.Single(job.Gateways);
        Assert.Empty(job.Warnings);
    }

    [Theory]
    [InlineData("grouping=cluster=eu1")]
    [InlineData("grouping=shard=0")]
    public void A_subset_cannot_be_pushed_to_the_group_of_all(string grouping)
    {
        using var file = new ConfigurationFile(Main);

        Assert.StartsWith(
            "--grouping: must name a group other than that of all targets",
            file.Problems(["target=stock", grouping], push: true),
            StringComparison.Ordinal
        );
        Assert.Equal(ProblemOrigin.Flag, file.All[0].Origin);
    }

    [Fact]
    public void A_grouping_in_a_variable_does_not_push_a_subset()
    {
        using var file = new ConfigurationFile(Main);

        file.Read(["target=stock"], ["BACKUP_METRICS_GROUPING=part=x"], push: true);

        Assert.True(file.Output.DryRun);
    }

    [Fact]
    public void An_unknown_target_is_reported_with_the_nearest_or_some_names()
    {
        using var file = new ConfigurationFile(Main);

        Assert.Equal(
            "--target \"stok\": must be the name of a target in the files; did you mean \"stock\"?\n--target \"zzzzzz\": "
                + "must be the name of a target in the files: \"orders\", \"stock\", \"web\"\n",
            file.Problems(["target=orders", "target=stok", "target=zzzzzz"])
        );
        Assert.Equal(ProblemOrigin.Flag, file.All[0].Origin);
    }

    [Theory]
    [InlineData("target=x", "--target: needs targets from a file: set --config or --config-dir\n")]
    [InlineData("shard=0/2", "--shard: needs targets from a file: set --config or --config-dir\n")]
    public void A_subset_needs_targets_from_a_file(string flag, string problems)
    {
        using var file = new ConfigurationFile();

        Assert.Equal(problems, file.Problems([flag, "connection=host=h user=u", "gateway=http://gw"], push: true));
    }

    [Fact]
    public void Shards_share_the_targets_each_in_a_group_of_its_own()
    {
        using var file = new ConfigurationFile(Main + "shards: 2\n");

        var (first, second) = (file.Read(["shard=0/2"], push: true), file.Read([], ["JOB_COMPLETION_INDEX=1"], push: true));

        Assert.Equal(
            ["/job/backup_metrics/shard/0/cluster/eu1", "/job/backup_metrics/shard/1/cluster/eu1"],
            new[] { first, second }.Select(job => job.Group.ToPath())
        );
        Assert.Equal([new Shard(0, 2), new Shard(1, 2)], new[] { first.Shard!, second.Shard! });
        Assert.Equal(["orders", "stock", "web"], first.Targets.Concat(second.Targets).Select(target => target.Instance.Name).Order());
        Assert.All(first.Targets, target => Assert.Equal(0, JumpHash.Shard(target.Instance.Name, 2)));
        Assert.Equal(first.OtherInstances.Select(instance => instance.Name), second.Targets.Select(target => target.Instance.Name));
        Assert.Empty(file.Read(["shard=5/1000"], push: true).Targets);
        Assert.Equal(3, file.Read().Targets.Count);
        Assert.Null(file.Read(["target=web"], push: true).Shard);
    }

    [Theory]
    [InlineData(
        "",
        "",
        "main.yaml:4:9: shards: JOB_COMPLETION_INDEX is not set, so the index of this shard is unknown (a Kubernetes Indexed Job "
            + "sets it). Elsewhere, set --shard INDEX/2\n"
    )]
    [InlineData("", "JOB_COMPLETION_INDEX=2", "JOB_COMPLETION_INDEX \"2\": must be a whole number from 0 to 1, as there are 2 shards\n")]
    [InlineData(
        "shard=2/2",
        "",
        "--shard \"2/2\": must be INDEX/COUNT, like 0/4 for the first of four: COUNT from 1 to 1000, INDEX less than COUNT\n"
    )]
    [InlineData(
        "shard=1",
        "",
        "--shard \"1\": must be INDEX/COUNT, like 0/4 for the first of four: COUNT from 1 to 1000, INDEX less than COUNT\n"
    )]
    [InlineData("shards=0", "", "--shards \"0\": must be a whole number from 1 to 1000\n")]
    [InlineData("shard=0/2|shards=2", "", "--shards: cannot be combined with --shard, which includes the number of shards\n")]
    [InlineData(
        "shard=0/2|grouping=shard=x",
        "",
        "grouping label shard: not allowed for a job with shards, which set this label themselves\n"
    )]
    public void A_shard_that_does_not_exist_is_refused(string flags, string variable, string problems)
    {
        using var file = new ConfigurationFile(Main + "shards: 2\n");

        Assert.Equal(
            problems,
            file.Problems(flags.Split('|', StringSplitOptions.RemoveEmptyEntries), variable.Length == 0 ? [] : [variable], push: true)
        );
    }

    [Fact]
    public void A_directory_adds_a_file_for_each_team()
    {
        using var file = new ConfigurationFile(
            "defaults: {connection: {user: main, port: 1}, labels: {env: main, team: none}}\ntargets: [{name: m}]\n"
        );
        file.Add(
            "d/b.yaml",
            "defaults: {connection: {user: b, host: hb}, labels: {team: b}, password_file: pw}\ntargets: [{name: b1}, {name: b2, "
                + "connection: {user: own}}]\n"
        );
        file.Add("d/a.yml", "targets: [{name: a1, connection: host=ha}]\n");
        file.Add("d/pw", "secret\n");
        file.Add("d/.hidden.yaml", "nonsense: 1\n");
        file.Add("d/notes.txt", "nonsense\n");
        file.Add("d/..2026_11_22/c.yaml", "targets: [{name: c1, connection: host=hc}]\n");
        File.CreateSymbolicLink(Path.Combine(file.Folder, "d", "..data"), "..2026_11_22");
        File.CreateSymbolicLink(Path.Combine(file.Folder, "d", "c.yaml"), "..data/c.yaml");

        var job = file.Read(["config-dir=FOLDER/d"], ["PGHOST=env", "PGDATABASE=d"]);

        Assert.Equal(
            [
                "m postgresql://main@env:1/d",
                "a1 postgresql://main@ha:1/d",
                "b1 postgresql://b@hb:1/d",
                "b2 postgresql://own@hb:1/d",
                "c1 postgresql://main@hc:1/d",
            ],
            job.Targets.Select(target => $"{target.Instance.Name} {target.Target!.Connection.Description}")
        );
        Assert.Equal([new("team", "b"), new("env", "main")], job.Targets[2].Instance.Labels);
        Assert.Equal(
            [null, null, "secret", "secret", null],
            job.Targets.Select(target => target.Target!.Connection.Hosts[0].Password?.Reveal())
        );
    }

    [Fact]
    public void Problems_in_a_directory_are_reported_with_their_file()
    {
        using var file = new ConfigurationFile("targets: [{name: orders}]\n");
        file.Add("d/a.yaml", "job: x\ntargets: [{name: orders}, {name: a}]\n");
        file.Add("d/b.yaml", "targets: [{name: a}]\n");
        File.CreateSymbolicLink(Path.Combine(file.Folder, "d", "c.yaml"), "nowhere");

        var problems = file.Problems(["config-dir=FOLDER/d"], ["PGUSER=u"]);

        Assert.Equal(
            """
            d/a.yaml:1:1: unknown key "job": must be one of defaults, targets
            d/a.yaml:2:18: targets[0].name "orders": must be unique: the same name is at main.yaml:1:18
            d/b.yaml:1:18: targets[0].name "a": must be unique: the same name is at d/a.yaml:2:34
            d/c.yaml: does not exist

            """,
            problems
        );
    }

    [Fact]
    public void A_directory_without_targets_is_a_problem_if_there_are_no_others()
    {
        using var file = new ConfigurationFile("job: x\n");
        file.Add("d/notes.txt", "");

        Assert.Equal(
            "--config-dir \"d\": no target found in its *.yaml and *.yml files, or in any other file\n",
            file.Problems(["config-dir=FOLDER/d"])
        );
        Assert.StartsWith(
            "--config-dir \"nowhere\": does not exist",
            file.Problems(["config-dir=FOLDER/nowhere"]),
            StringComparison.Ordinal
        );
        Assert.Single(file.Read(["config-dir=FOLDER/d", "connection=host=h user=u"]).Targets);
    }
}
