using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>A file becomes targets, or all of its problems at once.</summary>
public sealed class FileSettingsTests
{
    [Fact]
    public void A_target_overrides_the_defaults()
    {
        using var file = new ConfigurationFile(
            """
            job: fleet
            interval: 5m
            deadline: 40s
            splay: 10s
            concurrency: 7
            legacy_names: false
            fail_on: never
            grouping: {cluster: eu1}
            defaults:
              connection: {user: monitor, port: 6432, dbname: postgres, sslmode: require}
              timeout: 5s
              labels: {env: prod, team: none}
              max_age: {base: {warning: 26h, critical: 50h}, logical: 2d}
              sources: [server, pgwatch]
            targets:
            - name: orders
              connection: postgresql://u@db1/orders
              labels: {team: payments}
              max_age: {base: 30h, wal: none}
              timeout: 6s
              sources:
              - catalog: {servers: [eu-*, x]}
              - query: {sql: SELECT 1}
            - {name: stock, connection: {host: db2, port: 5433}}
            """
        );

        var job = file.Read();

        Assert.Equal("/job/fleet/cluster/eu1", job.Group.ToPath());
        Assert.Equal(
            (TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(10), 7, false),
            (job.Interval!.Value, job.Deadline, job.Splay, job.Concurrency, job.LegacyNames)
        );
        Assert.False(file.Output.FailOnTarget);
        var (orders, stock) = (job.Targets[0], job.Targets[1]);
        Assert.Equal(
            ("postgresql://u@db1:6432/orders", TimeSpan.FromSeconds(6)),
            (orders.Target!.Connection.Description, orders.Target.Timeout)
        );
        Assert.Equal([new("team", "payments"), new("env", "prod")], orders.Instance.Labels);
        Assert.Equal(
            [
                new(LimitType.Base, Severity.Critical, TimeSpan.FromHours(30)),
                new(LimitType.Logical, Severity.Critical, TimeSpan.FromDays(2)),
            ],
            orders.Instance.Limits
        );
        Assert.Equal(["catalog", "query"], orders.Instance.Sources);
        Assert.Equal(["eu-*", "x"], orders.Sources.Servers.Patterns);
        Assert.Equal("SELECT 1", orders.Sources.Query);
        Assert.Equal(
            ("postgresql://monitor@db2:5433/postgres", TimeSpan.FromSeconds(5)),
            (stock.Target!.Connection.Description, stock.Target.Timeout)
        );
        Assert.Equal(["server", "pgwatch"], stock.Instance.Sources);
        Assert.Equal(
            [
                new(LimitType.Base, Severity.Warning, TimeSpan.FromHours(26)),
                new(LimitType.Base, Severity.Critical, TimeSpan.FromHours(50)),
                new(LimitType.Logical, Severity.Critical, TimeSpan.FromDays(2)),
                new(LimitType.Wal, Severity.Warning, TimeSpan.FromMinutes(15)),
                new(LimitType.Wal, Severity.Critical, TimeSpan.FromHours(1)),
            ],
            stock.Instance.Limits
        );
    }

    [Fact]
    public void All_keys_together_are_valid()
    {
        using var file = new ConfigurationFile(File.ReadAllText(Path.Combine(Repository.Tests, "Configuration", "every-key.yaml")));
        file.Add("dumps.sql", "SELECT 2");

        var job = file.Read(["dry-run=true", "shard=0/1"], push: true);

        Assert.Equal(["orders", "stock", "backup-catalogue", "legacy"], job.Targets.Select(target => target.Instance.Name));
        Assert.Equal("SELECT 2", job.Targets[2].Sources.Query);
        Assert.Equal([new(Severity.Critical, TimeSpan.FromDays(14))], job.Targets[0].Instance.Window);
        Assert.Equal(
            [new(Severity.Warning, TimeSpan.FromDays(35)), new(Severity.Critical, TimeSpan.FromDays(28))],
            job.Targets[1].Instance.Window
        );
        Assert.Empty(job.Targets[3].Instance.Window);
    }

    [Fact]
    public void The_environment_of_libpq_completes_target_and_defaults()
    {
        using var file = new ConfigurationFile(
            "defaults: {connection: {user: monitor}}\ntargets: [{name: a, connection: host=h}, {name: b}]\n"
        );

        var job = file.Read(variables: ["PGHOST=env", "PGUSER=env", "PGDATABASE=env"]);

        Assert.Equal(
            ["postgresql://monitor@h:5432/env", "postgresql://monitor@env:5432/env"],
            job.Targets.Select(target => target.Target!.Connection.Description)
        );
    }

    /// <summary>Has an invalid value of every key, and a problem of every kind. The list is reviewed as a snapshot.</summary>
    [Fact]
    public void All_problems_are_reported_at_once_with_their_locations()
    {
        using var file = new ConfigurationFile(File.ReadAllText(Path.Combine(Repository.Tests, "Configuration", "every-problem.yaml")));

        Snapshot.Matches("configuration-problems.txt", file.Problems(variables: ["PGSSLCRL=/crl"]));

        Assert.All(file.All, problem => Assert.Equal(ProblemOrigin.Configuration, problem.Origin));
        Assert.DoesNotContain("s3cret", string.Concat(file.All.Select(problem => problem.Message)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_may_follow_the_targets_and_targets_may_be_an_alias()
    {
        using var after = new ConfigurationFile("targets: [{name: a, connection: {host: h}}]\ndefaults: {connection: {user: u}}\n");
        using var alias = new ConfigurationFile("targets: &t [{name: a, connection: {host: h, user: u}}]\n");

        Assert.Equal("postgresql://u@h:5432/u", after.Read().Targets[0].Target!.Connection.Description);
        Assert.Equal("postgresql://u@h:5432/u", alias.Read().Targets[0].Target!.Connection.Description);
    }

    [Fact]
    public void The_number_of_reported_problems_is_limited()
    {
        using var file = new ConfigurationFile("targets:\n" + string.Concat(Enumerable.Repeat("- {nam: x}\n", 5000)));

        file.Problems();

        Assert.InRange(file.All.Count, 1000, 1100);
        Assert.Contains(file.All, problem => problem.Message == "there are more problems; only the first 1000 are shown");
    }

    [Theory]
    [InlineData("job: x\n", "host=h", true)]
    [InlineData("job: x\n", null, true)]
    [InlineData("targets: []\n", "host=h", true)]
    [InlineData("targets: []\n", null, false)]
    public void Without_targets_it_is_a_run_from_flags(string text, string? connection, bool isFine)
    {
        using var file = new ConfigurationFile(text);
        string[] flags = connection is null ? ["instance=i"] : ["instance=i", "connection=" + connection];

        if (isFine)
            Assert.EndsWith("/run/i", file.Read(flags).Group.ToPath(), StringComparison.Ordinal);
        else
            Assert.Equal("main.yaml:1:10: targets: must not be empty\n", file.Problems(flags));
    }

    [Theory]
    [InlineData("gatewy: {url: http://gw}\ntargets: [{name: a, connection: host=h user=u}]\n", "")]
    [InlineData("gateway: {url: gw}\ntargets: [{name: a, connection: host=h user=u}]\n", "")]
    [InlineData("gateway: {url: http://gw}\ntargtes: [{name: a}]\n", "")]
    [InlineData("gateway: {url: http://gw}\ntargtes: [{name: a}]\n", "target=a")]
    [InlineData("gateway: {url: http://gw}\ntargtes: [{name: a}]\n", "shard=0/2")]
    [InlineData("gateway: {url: http://gw}\ntargets: [{nam: a}]\n", "instance=i")]
    [InlineData("gateway: {url: http://gw\n", "")]
    public void Nothing_is_reported_as_missing_from_an_invalid_file(string text, string flags)
    {
        using var file = new ConfigurationFile(text);

        file.Problems(flags.Split('|', StringSplitOptions.RemoveEmptyEntries), push: true);

        Assert.All(file.All, problem => Assert.True(problem.IsInFile, problem.Text));
    }

    [Fact]
    public void Problems_of_flags_are_reported_beside_an_invalid_file()
    {
        using var file = new ConfigurationFile("gatewy: {url: http://gw}\n");

        var problems = file.Problems(["connection=host=u:pw@h", "source=base", "timeout=5"], push: true);

        Assert.Equal(4, problems.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void The_defaults_also_apply_to_the_target_of_flags()
    {
        using var file = new ConfigurationFile(
            "defaults: {connection: {user: monitor, dbname: d}, password_file: pw, timeout: 3s, labels: {env: prod}, sources: "
                + "[pgwatch], max_age: {wal: none}}\n"
        );
        file.Add("pw", "secret\n");

        var target = file.Read(["connection=host=h", "instance=i", "label=team=a"]).Targets[0];

        Assert.Equal("postgresql://monitor@h:5432/d", target.Target!.Connection.Description);
        Assert.Equal("secret", target.Target.Connection.Hosts[0].Password!.Reveal());
        Assert.Equal(TimeSpan.FromSeconds(3), target.Target.Timeout);
        Assert.Equal([new("team", "a"), new("env", "prod")], target.Instance.Labels);
        Assert.Equal(["pgwatch"], target.Instance.Sources);
        Assert.Equal(2, target.Instance.Limits.Count);
        Assert.Equal(["server"], file.Read(["connection=host=h", "source=server"]).Targets[0].Instance.Sources);
    }
}
