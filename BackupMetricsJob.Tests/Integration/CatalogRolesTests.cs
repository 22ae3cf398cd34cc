using BackupMetricsJob.Catalog;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>`catalog init --create-roles`: roles that do not exist are created, without a password, and can do their work.</summary>
public sealed class CatalogRolesTests
{
    const string Roles =
        "SELECT concat_ws(' ', rolname, rolcanlogin, rolpassword IS NULL, rolsuper OR rolcreaterole OR rolcreatedb, rolconnlimit) "
        + "FROM pg_authid WHERE oid >= 16384 ORDER BY 1";

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task The_writer_and_the_reader_are_created_once(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version });

        var first = await InitAsync(server);
        var again = await InitAsync(server);

        Assert.Equal((0, ""), (first.ExitCode, first.Output));
        Assert.Equal(
            $"""
            created the catalogue, version {CatalogVersion.Known}
            created the role backup_writer. It has no password: set one with \password backup_writer in psql, or admit it in pg_hba.conf without one (peer, cert)
            created the role backup_reader. It has no password: set one with \password backup_reader in psql, or admit it in pg_hba.conf without one (peer, cert)

            """,
            first.Error
        );
        Assert.Equal((0, "", $"the catalogue is already at version {CatalogVersion.Known}\n"), (again.ExitCode, again.Output, again.Error));
        Assert.Equal(["backup_reader t t f -1", "backup_writer t t f -1"], await server.QueryAsync<string>(Roles));
        Assert.Equal(0, (await RecordAsync(server.ConnectionUri("backup_writer"))).ExitCode);
        await server.ExecuteAsync("SET ROLE backup_reader; TABLE backup_metrics.backup_catalog");
    }

    [Fact]
    public async Task A_role_that_exists_is_left_as_it_is_and_another_name_is_as_good()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("CREATE ROLE \"O'w\" NOLOGIN CONNECTION LIMIT 3 PASSWORD 'secret'");

        var result = await InitAsync(server, "--grant-writer", "O'w", "--grant-reader", "night watch");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(
            "created the role \"night watch\". It has no password: set one with \\password \"night watch\" in psql",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("O'w", result.Error, StringComparison.Ordinal);
        Assert.Equal(["O'w f f f 3", "night watch t t f -1"], await server.QueryAsync<string>(Roles));
    }

    [Fact]
    public async Task On_a_server_that_is_watched_the_role_that_probes_is_created()
    {
        await using var server = await PostgresServer.StartAsync();

        var result = await InitAsync(server, "--server");

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.Equal(["monitor t t f -1"], await server.QueryAsync<string>(Roles));
        Assert.Empty((await Probe.OfAsync(server, "monitor")).MissingPrivileges);
    }

    [Fact]
    public async Task Who_may_not_create_roles_creates_nothing()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("CREATE ROLE owner LOGIN");
        await server.ExecuteAsync("CREATE DATABASE metrics OWNER owner");

        var result = await BackupMetrics.RunAsync(
            "catalog",
            "init",
            "--create-roles",
            "--connection",
            server.ConnectionUri("owner", "metrics")
        );

        Assert.Equal(69, result.ExitCode);
        Assert.Contains(
            "privilege while creating the role \"backup_writer\": permission denied to create role",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.False(await server.ScalarAsync<bool>("SELECT to_regnamespace('backup_metrics') IS NOT NULL", "metrics"));
    }

    [Fact]
    public async Task A_record_makes_the_catalogue_as_an_import_does_and_can_be_quiet()
    {
        await using var server = await PostgresServer.StartAsync();

        var first = await RecordAsync(server.ConnectionUri());
        var silent = await RecordAsync(server.ConnectionUri(), "--id", "second", "--quiet");

        Assert.Equal(0, first.ExitCode);
        Assert.StartsWith(
            $"created the catalogue (schema backup_metrics) in {server.ConnectionUri()}\nrecorded full ",
            first.Error,
            StringComparison.Ordinal
        );
        Assert.Equal((0, ""), (silent.ExitCode, silent.Error));
        Assert.Equal(2, await server.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_catalog"));
        var prune = await BackupMetrics.RunAsync("catalog", "prune", "--keep", "90d", "--quiet", "--connection", server.ConnectionUri());
        Assert.Equal((0, ""), (prune.ExitCode, prune.Error));
    }

    static Task<ProcessResult> InitAsync(PostgresServer server, params string[] more) =>
        BackupMetrics.RunAsync(["catalog", "init", "--create-roles", "--connection", server.ConnectionUri(), .. more]);
}
