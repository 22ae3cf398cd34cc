using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The rights that are granted, or printed, are enough and no more.</summary>
public sealed class CatalogRightsTests
{
    const string Writer = "o'wri\"ter; --";

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task The_writer_writes_and_the_reader_reads_and_neither_does_more(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version });
        await using var catalogue = await InAsync(server);
        await server.ExecuteAsync(
            $"""
            CREATE ROLE "o'wri""ter; --" LOGIN; CREATE ROLE "Watch" LOGIN; REVOKE ALL ON DATABASE postgres FROM PUBLIC
            """
        );

        var granted = await BackupMetrics.RunAsync(
            "catalog",
            "init",
            "--connection",
            catalogue.Uri,
            "--grant-writer",
            Writer,
            "--grant-reader",
            "Watch"
        );

        Assert.Equal((0, ""), (granted.ExitCode, granted.Output));
        Assert.Equal("1 new, 0 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync(List("orders", Backup(1)), user: Writer)));
        Assert.Equal("1 new, 0 changed, 1 gone, 0 unchanged", Told(await catalogue.ImportAsync(List("orders", Backup(2)), user: Writer)));
        var writer = server.ConnectionUri(Writer);
        Assert.Equal(0, (await RecordAsync(writer)).ExitCode);
        Assert.Equal(
            "removed 1 row: 1 deleted by their tools, 0 old failures\n",
            (await BackupMetrics.RunAsync("catalog", "prune", "--keep", "0s", "--connection", writer)).Error
        );
        Assert.Equal((["orders wal-g full done 1", "s t full done 1"]), (await catalogue.CountsAsync()).Kept);

        await server.ExecuteAsync(
            "SET ROLE \"Watch\"; SELECT c.*, s.*, k.*, v.* FROM backup_metrics.backup_catalog c, backup_metrics.backup_source s, "
                + "backup_metrics.backup_count k, backup_metrics.schema_version v"
        );
        var refused = await catalogue.ImportAsync(List("orders", Backup(3)), user: "Watch");
        Assert.StartsWith("Database: postgresql://Watch@", Told(refused), StringComparison.Ordinal);
        foreach (
            var write in new[]
            {
                "DELETE FROM backup_catalog",
                "UPDATE backup_catalog SET error = 'x'",
                "INSERT INTO backup_source VALUES ('a', 'b', now())",
                "DELETE FROM backup_count",
                "CREATE TABLE x ()",
            }
        )
        {
            await Refused("Watch", write);
        }

        foreach (
            var write in new[]
            {
                "UPDATE backup_count SET n = 0",
                "DELETE FROM schema_version",
                "TRUNCATE backup_catalog",
                "CREATE TABLE x ()",
            }
        )
        {
            await Refused(Writer, write);
        }

        async Task Refused(string role, string sql)
        {
            var error = await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
                server.ExecuteAsync(
                    $"SET search_path = backup_metrics; SET ROLE \"{role.Replace("\"", "\"\"", StringComparison.Ordinal)}\"; {sql}"
                )
            );
            Assert.Equal("42501", error.SqlState);
        }
    }

    [Fact]
    public async Task The_statements_that_are_printed_are_the_ones_that_are_needed()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync(
            "CREATE ROLE backup_writer LOGIN; CREATE ROLE backup_reader LOGIN; REVOKE ALL ON DATABASE postgres FROM PUBLIC"
        );

        var made = await BackupMetrics.RunAsync("catalog", "init", "--connection", server.ConnectionUri());
        await server.ExecuteAsync(made.Output);

        Assert.Contains("GRANT TEMPORARY ON DATABASE postgres TO backup_writer;", made.Output, StringComparison.Ordinal);
        var recorded = await RecordAsync(server.ConnectionUri("backup_writer"));
        Assert.Equal(0, recorded.ExitCode);
        await server.ExecuteAsync("SET ROLE backup_reader; TABLE backup_metrics.backup_catalog");
    }

    [Fact]
    public async Task A_role_that_does_not_exist_makes_nothing()
    {
        await using var database = await CreateEmptyAsync();

        var result = await BackupMetrics.RunAsync(
            "catalog",
            "init",
            "--connection",
            database.ConnectionUri(),
            "--grant-reader",
            "nobody there"
        );

        Assert.Equal((69, ""), (result.ExitCode, result.Output));
        Assert.EndsWith(
            "sql while granting: role \"nobody there\" does not exist (SQLSTATE 42704)\n",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.False(await database.ScalarAsync<bool>("SELECT to_regnamespace('backup_metrics') IS NOT NULL"));
    }

    [Theory]
    [InlineData(false, "the owner of the database \"metrics\"")]
    [InlineData(true, "the owner of the catalogue")]
    public async Task A_role_that_may_not_make_or_upgrade_it_is_told_who_may(bool isThere, string told)
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("CREATE ROLE ops LOGIN; CREATE ROLE w LOGIN");
        await server.ExecuteAsync("CREATE DATABASE metrics OWNER ops");
        if (isThere)
            Assert.Equal(
                0,
                (
                    await BackupMetrics.RunAsync(
                        "catalog",
                        "init",
                        "--connection",
                        server.ConnectionUri("ops", "metrics"),
                        "--grant-writer",
                        "w"
                    )
                ).ExitCode
            );

        var result = await BackupMetrics.RunAsync("catalog", "init", "--connection", server.ConnectionUri("w", "metrics"));

        Assert.Equal(69, result.ExitCode);
        Assert.EndsWith($". The role that may is \"ops\", {told}; a superuser may, too\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_owner_who_is_no_superuser_makes_the_catalogue()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("CREATE ROLE owner LOGIN; CREATE ROLE w LOGIN");
        await server.ExecuteAsync("CREATE DATABASE metrics OWNER owner");
        var uri = server.ConnectionUri("owner", "metrics");

        Assert.Equal(0, (await BackupMetrics.RunAsync("catalog", "init", "--connection", uri, "--grant-writer", "w")).ExitCode);
        Assert.Equal(0, (await BackupMetrics.RunAsync("catalog", "init", "--connection", uri, "--grant-writer", "w")).ExitCode);

        Assert.Equal(0, (await RecordAsync(server.ConnectionUri("w", "metrics"))).ExitCode);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task The_command_that_a_probe_prints_mends_what_it_missed(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await server.BaseBackupAsync();
        await server.ExecuteAsync("CREATE ROLE \"night 'watch\" LOGIN");
        var printed = (await Probe.OfAsync(server, "night 'watch")).MissingPrivileges[^1].Advice;

        Assert.Equal(
            "Run as a superuser: backup-metrics catalog init --server --connection ... --grant-reader 'night '\\''watch'",
            printed
        );
        var command = printed["Run as a superuser: backup-metrics ".Length..]
            .Replace("...", server.ConnectionUri(), StringComparison.Ordinal);
        await ChildProcess.RunSuccessfullyAsync("/bin/sh", ["-c", $"exec '{BackupMetrics.Executable}' {command}"]);

        var result = await Probe.OfAsync(server, "night 'watch");
        Assert.Empty(result.MissingPrivileges);
        Assert.Equal((null, "pg_basebackup"), (result.Failure, Assert.Single(result.Backups).Tool));
    }

    [Fact]
    public async Task The_function_is_not_installed_by_a_role_that_may_not_read_what_it_reads()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("CREATE ROLE owner LOGIN");
        await server.ExecuteAsync("CREATE DATABASE orders OWNER owner");

        var result = await BackupMetrics.RunAsync("catalog", "init", "--server", "--connection", server.ConnectionUri("owner", "orders"));

        Assert.Equal(69, result.ExitCode);
        Assert.Contains("which needs to be made by a superuser: permission denied for function", result.Error, StringComparison.Ordinal);
        Assert.False(await server.ScalarAsync<bool>("SELECT to_regnamespace('backup_metrics') IS NOT NULL", "orders"));
    }

    [Fact]
    public async Task The_function_is_installed_and_its_grants_printed()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("CREATE ROLE monitor LOGIN");

        var result = await BackupMetrics.RunAsync("catalog", "init", "--server", "--connection", server.ConnectionUri());
        await server.ExecuteAsync(result.Output);

        Assert.Equal((0, "backup_metrics.base_backup_history() is installed\n"), (result.ExitCode, result.Error));
        Assert.Empty((await Probe.OfAsync(server, "monitor")).MissingPrivileges);
    }

    /// <summary>
    /// Whoever owns the database chooses the search_path that a session begins with, and so which function and which operator an
    /// unqualified name is. None of his is ever called by the role that makes, fills or reads the catalogue.
    /// </summary>
    [Theory]
    [InlineData("catalog init --server")]
    [InlineData("catalog init")]
    [InlineData("catalog prune --keep 1d")]
    [InlineData("record --server s --tool t --type full --from-exit-code 0")]
    [InlineData("import wal-g --server s")]
    public async Task A_function_of_the_owner_of_the_database_is_not_run_by_the_role_that_connects(string command)
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("CREATE ROLE owner LOGIN");
        await server.ExecuteAsync("CREATE DATABASE orders OWNER owner");
        if (command is not ("catalog init" or "catalog init --server"))
            Assert.Equal(
                0,
                (await BackupMetrics.RunAsync("catalog", "init", "--connection", server.ConnectionUri(database: "orders"))).ExitCode
            );
        await server.ExecuteAsync("CREATE SCHEMA evil AUTHORIZATION owner", "orders");
        await server.ExecuteAsync("SET ROLE owner;" + Traps(), "orders");
        await server.ExecuteAsync("SET ROLE owner; ALTER DATABASE orders SET search_path = evil, pg_catalog, public", "orders");
        // The trap is one: who asks for a plain name in this database falls into it.
        await server.ExecuteAsync("SELECT set_config('application_name', 'x', false)", "orders");
        Assert.Equal(1, await server.ScalarAsync<long>("SELECT pg_catalog.count(*) FROM evil.caught", "orders"));
        await server.ExecuteAsync("DELETE FROM evil.caught", "orders");

        var result = await BackupMetrics.RunAsync(
            [.. command.Split(' '), "--connection", server.ConnectionUri(database: "orders")],
            null,
            """[{"backup_name":"b","time":"2026-11-20T03:00:00Z"}]"""
        );

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Empty(await server.QueryAsync<string>("SELECT what FROM evil.caught", "orders"));

        // Better matches than those of pg_catalog, in a schema that comes before it.
        static string Traps()
        {
            var traps = new System.Text.StringBuilder("CREATE TABLE evil.caught (what text);");
            foreach (
                var (name, arguments, returns, result) in new[]
                {
                    ("set_config", "text, text, boolean", "text", "$2"),
                    ("current_setting", "text", "text", "''::text"),
                    ("count", "text", "bigint", "0::bigint"),
                    ("now", "", "timestamptz", "pg_catalog.now()"),
                    ("pg_advisory_xact_lock", "bigint", "void", "NULL::void"),
                    ("hashtextextended", "text, bigint", "bigint", "0::bigint"),
                    ("quote_ident", "text", "text", "$1"),
                    ("current_database", "", "name", "'x'::name"),
                    ("to_regclass", "text", "regclass", "NULL::regclass"),
                    ("to_regnamespace", "text", "regnamespace", "NULL::regnamespace"),
                }
            )
            {
                traps.Append(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"CREATE FUNCTION evil.{name}({arguments}) RETURNS {returns} LANGUAGE plpgsql AS $$ BEGIN INSERT INTO evil.caught "
                        + $"VALUES ('{name}'); RETURN {(returns == "void" ? "" : result)}; END $$;"
                );
            }

            return traps
                .Append(
                    """
                    CREATE FUNCTION evil.same(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO evil.caught VALUES ('='); RETURN false; END $$;
                    CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.same);
                    """
                )
                .ToString();
        }
    }
}
