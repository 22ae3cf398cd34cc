using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The source "pgmonitor": what pgBackRest really printed, in the table that pgMonitor keeps it in.</summary>
public sealed class PgMonitorSourceTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    [Theory]
    [InlineData(13, "pgmonitor_ext")]
    [InlineData(15, "monitor")]
    [InlineData(18, "else where")]
    public async Task The_list_of_pgbackrest_is_read_in_whatever_schema_it_is(int version, string schema)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version });
        await CreateTableAsync(server.Database, schema);
        await InsertAsync(server.Database, schema, await InfoAsync("full_diff_incr"));

        var result = await Probe.OfAsync(server, ["pgmonitor"]);

        Assert.Null(result.Failure);
        var facts = Assert.Single(result.Found);
        Assert.Equal("it", facts.Name);
        var of = facts.Backups.ToDictionary(backup => backup.Type);
        Assert.All(
            facts.Backups,
            backup => Assert.Equal(("pgmonitor", "pgbackrest", false), (backup.Source, backup.Tool, backup.LastHasErrors))
        );
        var full = of[BackupType.Full];
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795335652), full.LastSuccess);
        Assert.Equal(
            (TimeSpan.FromSeconds(9), 29194190, 3304634, 0x2B000028, full.LastSuccess),
            (full.LastDuration, full.LastSize, full.LastStored, full.StartLsn, full.Oldest)
        );
        Assert.Equal(
            (DateTimeOffset.FromUnixTimeSeconds(1795335657), 0),
            (of[BackupType.Diff].LastSuccess, of[BackupType.Diff].BrokenChains)
        );
        Assert.Equal(
            (DateTimeOffset.FromUnixTimeSeconds(1795335666), 0, new(2, 0, 0)),
            (of[BackupType.Incr].LastSuccess, of[BackupType.Incr].BrokenChains, of[BackupType.Incr].Counts)
        );
    }

    [Fact]
    public async Task A_chain_that_lost_its_full_backup_and_errors_that_were_found_are_seen()
    {
        await using var database = await CreateAsync(
            (await InfoAsync("full_diff_incr"))
                .Replace("\"label\":\"20261122-082043F\"", "\"label\":\"another\"", StringComparison.Ordinal)
                .Replace("\"error\":false", "\"error\":true", StringComparison.Ordinal)
        );

        var facts = Assert.Single((await Probe.OfAsync(database, ["pgmonitor"])).Found).Backups;

        Assert.Equal(1, facts.Single(backup => backup.Type == BackupType.Diff).BrokenChains);
        Assert.All(facts, backup => Assert.True(backup.LastHasErrors));
    }

    [Fact]
    public async Task Each_of_several_repositories_has_its_newest_backups_and_one_alone_is_not_named()
    {
        const string Repository = "\"repo-key\":1";
        var info = await InfoAsync("full_diff_incr");
        var last = info.LastIndexOf("},\"error\":", StringComparison.Ordinal);
        last = info.LastIndexOf(Repository, last, StringComparison.Ordinal);
        await using var one = await CreateAsync(info);
        await using var two = await CreateAsync(info[..last] + "\"repo-key\":2" + info[(last + Repository.Length)..]);

        var storages = Assert.Single((await Probe.OfAsync(two, ["pgmonitor"])).Found).Storages;

        Assert.Empty(Assert.Single((await Probe.OfAsync(one, ["pgmonitor"])).Found).Storages);
        Assert.Equal(["repo1", "repo2"], storages.Select(storage => storage.Name));
        Assert.Equal(
            [BackupType.Full, BackupType.Diff, BackupType.Incr],
            storages[0].Newest.OrderBy(backup => backup.Finished).Select(backup => backup.Type)
        );
        var copied = Assert.Single(storages[1].Newest);
        Assert.Equal((BackupType.Incr, DateTimeOffset.FromUnixTimeSeconds(1795335666)), (copied.Type, copied.Finished));
    }

    [Theory]
    [InlineData("unknown_stanza", "stanza nosuch: missing stanza path (status 1)")]
    [InlineData("no_stanza", "pgmonitor_ext.pgbackrest_info is empty: pgBackRest knows of no stanza, or pgMonitor has not asked it yet")]
    public async Task An_error_state_fails_the_source(string info, string said)
    {
        await using var database = await CreateAsync(await InfoAsync(info));

        var failure = (await Probe.OfAsync(database, ["pgmonitor"])).Failure!;

        Assert.Equal((FailureReason.BadData, "source pgmonitor: " + said), (failure.Reason, failure.Message));
    }

    [Fact]
    public async Task That_there_is_no_backup_is_an_answer()
    {
        await using var database = await CreateAsync(await InfoAsync("no_valid_backups"));

        var result = await Probe.OfAsync(database, ["pgmonitor"]);

        Assert.Null(result.Failure);
        Assert.Empty(Assert.Single(result.Found).Backups);
    }

    [Fact]
    public async Task So_it_is_of_one_of_several_repositories()
    {
        const string One = """{"cipher":"none","key":1,"status":{"code":0,"message":"ok"}}""";
        const string Two = """{"cipher":"none","key":2,"status":{"code":2,"message":"no valid backups"}}""";
        await using var database = await CreateAsync(
            (await InfoAsync("full_diff_incr"))
                .Replace(One, $"{One},{Two}", StringComparison.Ordinal)
                .Replace("\"status\":{\"code\":0,\"lock\"", "\"status\":{\"code\":4,\"lock\"", StringComparison.Ordinal)
        );

        var result = await Probe.OfAsync(database, ["pgmonitor"]);

        Assert.Null(result.Failure);
        Assert.Equal(3, Assert.Single(result.Found).Backups.Count);
    }

    [Fact]
    public async Task What_is_listed_in_an_error_state_is_known_beside_the_failure()
    {
        var info = await InfoAsync("full_diff_incr");
        await using var database = await CreateAsync(
            info.Replace(
                """{"cipher":"none","key":1,"status":{"code":0,"message":"ok"}}""",
                """{"cipher":"none","key":2,"status":{"code":99,"message":"[FileOpenError] no"}}""",
                StringComparison.Ordinal
            )
        );

        var result = await Probe.OfAsync(database, ["pgmonitor"]);

        Assert.Equal("source pgmonitor: stanza main: repo2: [FileOpenError] no (status 99)", result.Failure!.Message);
        Assert.Equal(3, Assert.Single(result.Found).Backups.Count);
    }

    [Fact]
    public async Task Of_several_stanzas_those_of_this_cluster_count()
    {
        await using var database = await CreateAsync(await InfoAsync("full_diff_incr"));
        await database.ExecuteAsync(
            "INSERT INTO pgmonitor_ext.pgbackrest_info SELECT 'other', replace(replace(data::text, system_identifier::text, '1'), "
                + "'1795335652', '1795335653')::jsonb FROM pgmonitor_ext.pgbackrest_info, pg_control_system()"
        );

        var full = Assert
            .Single((await Probe.OfAsync(database, ["pgmonitor"])).Found)
            .Backups.Single(backup => backup.Type == BackupType.Full);

        Assert.Equal((DateTimeOffset.FromUnixTimeSeconds(1795335652), 1), (full.LastSuccess, full.Counts!.Done));
    }

    [Theory]
    [InlineData("none", "7713606402157670472")]
    [InlineData("7713606968237024567", "7713606402157670472")] // after stanza-upgrade, the stanza is of this cluster and no backup is
    public async Task Backups_of_another_cluster_are_none_of_this_one(string ours, string others)
    {
        await using var database = await shared.Server.CreateDatabaseAsync();
        await CreateTableAsync(database, "pgmonitor_ext");
        var info = await File.ReadAllTextAsync(Path.Combine(Repository.Tests, "Fixtures", "pgbackrest", "meaning", "up1.json"));
        await InsertAsync(database, "pgmonitor_ext", info, ours);

        var result = await Probe.OfAsync(database, ["pgmonitor"]);

        Assert.Matches(
            "^source pgmonitor: the newest backups of stanza orders are of another cluster "
                + $".system identifier {(ours == "none" ? "[0-9]+" : others)}, "
                + "the server's is [0-9]+.$",
            result.Failure!.Message
        );
        Assert.Empty(Assert.Single(result.Found).Backups);
    }

    [Theory]
    [InlineData("""{"a":1}""", "a row is not what pgbackrest info --output=json prints")]
    [InlineData("""[1,"x"]""", "a row is not what pgbackrest info --output=json prints")]
    [InlineData("""[{"name":"main"}]""", "stanza main has no status")]
    [InlineData("""[{"name":"main","status":{"code":0},"backup":[{"label":"x"}]}]""", "stanza main: backup x has no type or no end")]
    [InlineData(
        """[{"name":"main","status":{"code":0},"backup":[{"label":"x","type":"full","timestamp":{"stop":9999999999}}]}]""",
        "stanza main: backup x finished in the future: "
    )]
    public async Task Other_json_is_no_list_of_backups(string info, string said)
    {
        await using var database = await CreateAsync(info);

        var failure = (await Probe.OfAsync(database, ["pgmonitor"])).Failure!;

        Assert.StartsWith("source pgmonitor: " + said, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_table_that_is_said_and_without_the_right_to_it_that()
    {
        await using var server = await PostgresServer.StartAsync();
        Assert.Equal(
            "source pgmonitor: there is no table pgbackrest_info in this database",
            (await Probe.OfAsync(server, ["pgmonitor"])).Failure!.Message
        );

        await CreateTableAsync(server.Database, "pgmonitor_ext");
        await server.ExecuteAsync("CREATE ROLE nobody LOGIN");
        var failure = (await Probe.OfAsync(server, ["pgmonitor"], user: "nobody")).Failure!;
        Assert.Equal(
            (FailureReason.Privilege, "source pgmonitor: permission denied for schema pgmonitor_ext (SQLSTATE 42501)"),
            (failure.Reason, failure.Message)
        );
    }

    static Task<string> InfoAsync(string name) =>
        File.ReadAllTextAsync(Path.Combine(Repository.Tests, "Integration", "PgBackRestInfo", name + ".json"));

    async Task<PostgresDatabase> CreateAsync(string info)
    {
        var database = await shared.Server.CreateDatabaseAsync();
        await CreateTableAsync(database, "pgmonitor_ext");
        await InsertAsync(database, "pgmonitor_ext", info);
        return database;
    }

    static Task CreateTableAsync(PostgresDatabase database, string schema) =>
        database.ExecuteAsync(
            $"CREATE SCHEMA \"{schema}\"; CREATE TABLE \"{schema}\".pgbackrest_info (config_file text NOT NULL, data jsonb NOT NULL)"
        );

    /// <summary>As of this cluster, unless <paramref name="cluster"/> is another system identifier than the fixtures'.</summary>
    static Task InsertAsync(PostgresDatabase database, string schema, string info, string cluster = "7710900938604473966") =>
        database.ExecuteAsync(
            $"INSERT INTO \"{schema}\".pgbackrest_info SELECT '/etc/pgbackrest.conf', replace($json${info}$json$, '{cluster}', "
                + "system_identifier::text)::jsonb FROM pg_control_system()"
        );
}
