using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// What can be wrong with a database, through the built command: the code, one clear line, no secret, in time, and the push all the same.
/// </summary>
public sealed class DatabaseFaultTests(GuardedPostgres shared) : IClassFixture<GuardedPostgres>, IAsyncLifetime
{
    const string Password = GuardedPostgres.Password;

    readonly PostgresServer _server = shared.Server;
    PushgatewayServer _gateway = null!;

    public async Task InitializeAsync() => _gateway = await PushgatewayServer.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task The_right_password_is_a_success() => await RunAsync(_server.ConnectionUri("guarded", password: Password), 0, null);

    [Fact]
    public async Task A_wrong_password() => await RunAsync(_server.ConnectionUri("guarded", password: Password + "x"), 69, "auth");

    /// <summary>Without HOME, as psql: a plugin of Nagios has none where systemd started Nagios.</summary>
    [Fact]
    public async Task No_password()
    {
        var user = await ChildProcess.RunAsync("/bin/sh", ["-c", "getent passwd \"$(id -u)\" | cut -d: -f6"]);
        var home = user.Output.Trim();
        await RunAsync(
            _server.ConnectionUri("guarded"),
            69,
            "auth",
            $"role guarded: the server asks for a password, and neither the connection nor {home}/.pgpass has one for it"
        );
    }

    [Fact]
    public async Task A_user_that_pg_hba_rejects() => await RunAsync(_server.ConnectionUri("banned", password: Password), 69, "auth");

    [Fact]
    public async Task A_database_that_is_not_there() =>
        await RunAsync(_server.ConnectionUri(database: "nothing", password: Password), 69, "database");

    [Fact]
    public async Task A_role_without_rights() =>
        await RunAsync(_server.ConnectionUri("nobody", password: Password), 69, "privilege", "GRANT pg_monitor TO nobody;");

    [Fact]
    public async Task A_server_without_tls() => await RunAsync(_server.ConnectionUri(password: Password) + "?sslmode=require", 69, "tls");

    [Fact]
    public async Task A_root_certificate_that_is_not_there() =>
        await RunAsync(
            _server.ConnectionUri(password: Password) + "?sslmode=verify-full&sslrootcert=/nowhere/ca.pem",
            69,
            "tls",
            "the root certificate /nowhere/ca.pem does not exist"
        );

    [Fact]
    public async Task A_closed_port() => await RunAsync($"postgresql://u:{Password}@127.0.0.1:{FreePort.Next()}/x", 69, "refused");

    [Fact]
    public async Task A_host_that_has_no_address() => await RunAsync($"postgresql://u:{Password}@nowhere.invalid/x", 69, "dns");

    [Fact]
    public async Task A_server_that_says_nothing()
    {
        await using var silent = new SilentServer();
        await RunAsync($"postgresql://u:{Password}@127.0.0.1:{silent.Port}/x", 69, "timeout");
    }

    [Fact]
    public async Task A_server_that_hangs_up()
    {
        await using var silent = new SilentServer(Silence.Reset);
        await RunAsync($"postgresql://u:{Password}@127.0.0.1:{silent.Port}/x", 69, "network");
    }

    [Fact]
    public async Task A_role_whose_connections_are_used_up()
    {
        await _server.ExecuteAsync("CREATE ROLE used_up LOGIN CONNECTION LIMIT 0");
        var result = await RunAsync(_server.ConnectionUri("used_up", password: Password), 69, "busy");
        Assert.Contains("ALTER ROLE ... CONNECTION LIMIT", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("may answer the next run", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_whose_connections_are_used_up()
    {
        await _server.ExecuteAsync("CREATE DATABASE small CONNECTION LIMIT 0");
        var result = await RunAsync(_server.ConnectionUri("nobody", "small"), 69, "busy");
        Assert.Contains("ALTER DATABASE ... CONNECTION LIMIT", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_takes_no_connections()
    {
        await _server.ExecuteAsync("CREATE DATABASE closed ALLOW_CONNECTIONS false");
        await RunAsync(_server.ConnectionUri(database: "closed"), 69, "database", "is not currently accepting connections");
    }

    [Fact]
    public async Task A_database_that_the_role_may_not_connect_to()
    {
        await _server.ExecuteAsync("CREATE DATABASE \"in private\"; REVOKE CONNECT ON DATABASE \"in private\" FROM PUBLIC");
        var result = await RunAsync(_server.ConnectionUri("nobody", "in private"), 69, "privilege");
        Assert.Contains("GRANT CONNECT ON DATABASE \"in private\" TO nobody;", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_standby_that_lets_nobody_in()
    {
        await using var standby = await PostgresServer.StartAsync();
        await standby.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(standby.DataDirectory, "standby.signal"), "");
        await File.AppendAllTextAsync(Path.Combine(standby.DataDirectory, "postgresql.conf"), "hot_standby = off\n");
        await standby.StartAgainAsync();

        var result = await RunAsync(standby.ConnectionUri(), 69, "busy", "Hot standby mode is disabled");

        Assert.Contains("hot_standby = on", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("may answer the next run", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("prefer")]
    public async Task A_login_that_fails_names_the_role(string mode) =>
        await RunAsync(_server.ConnectionUri("guarded") + "?sslmode=" + mode, 69, "auth", "role guarded: the server asks for a password");

    [Fact]
    public async Task A_socket_that_is_not_there()
    {
        var result = await RunAsync(
            "host=/nowhere user=u dbname=d",
            69,
            "refused",
            "socket /nowhere/.s.PGSQL.5432: No such file or directory"
        );
        Assert.Single(result.Error.Split("No such file").Skip(1));
        Assert.DoesNotContain("Cannot assign", result.Error, StringComparison.Ordinal);
    }

    /// <summary>Also of a folder that may not be looked into: what is in it is not known.</summary>
    [Fact]
    public async Task A_socket_that_may_not_be_used()
    {
        using var folder = new TempFolder();
        File.SetUnixFileMode(folder.Path, UnixFileMode.None);

        // Root may use every socket, so somebody else asks.
        var result = await ChildProcess.RunAsync(
            BackupMetrics.Executable,
            ["run", "--dry-run", "--connection", $"host={folder.Path} user=u dbname=d"],
            new()
            {
                Unprivileged = true,
                Environment = new Dictionary<string, string> { ["DOTNET_ROOT"] = BackupMetrics.DotnetRoot },
            }
        );
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Contains("reason=\"refused\"", result.Output, StringComparison.Ordinal);
        Assert.Contains($"socket {folder.Path}/.s.PGSQL.5432: Permission denied", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("No such file", result.Error, StringComparison.Ordinal);
        Assert.Contains("unix_socket_permissions", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host=0.0.0.0")]
    [InlineData("hostaddr=0.0.0.0")]
    public async Task The_address_that_stands_for_all_is_this_host(string host) =>
        await RunAsync($"{host} port={_server.Port} user=postgres dbname=postgres", 0, null);

    [Fact]
    public async Task A_failed_target_can_be_told_not_to_matter()
    {
        var result = await BackupMetrics.RunAsync(
            "run",
            "--connection",
            _server.ConnectionUri(database: "nothing"),
            "--gateway",
            _gateway.Url,
            "--fail-on",
            "never"
        );

        Assert.Equal(0, result.ExitCode);
    }

    async Task<ProcessResult> RunAsync(string connection, int code, string? reason, string words = "")
    {
        var result = await BackupMetrics.RunAsync(
            "run",
            "--connection",
            connection,
            "--instance",
            "db",
            "--gateway",
            _gateway.Url,
            "--timeout",
            "3s"
        );

        Assert.True(code == result.ExitCode, $"{result.ExitCode}: {result.Error}");
        Assert.Empty(result.Output);
        Assert.DoesNotContain(Password, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.InRange(result.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        var metrics = await _gateway.MetricsAsync();
        Assert.Contains(
            $"postgres_backup_probe_success{{instance=\"db\",job=\"backup_metrics\",run=\"db\"}} {(reason is null ? 1 : 0)}",
            metrics,
            StringComparison.Ordinal
        );
        if (reason is null)
            return result;
        Assert.Contains(
            words,
            Assert.Single(result.Error.Split('\n'), line => line.Contains($"the probe failed ({reason})", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"postgres_backup_probe_failure{{instance=\"db\",job=\"backup_metrics\",reason=\"{reason}\",run=\"db\"}} 1",
            metrics,
            StringComparison.Ordinal
        );
        return result;
    }
}

/// <summary>
/// A server for the tests of a class (<see cref="SharedPostgres"/>) that asks one role for a password, lets another in without, though it
/// has no rights, and a third not at all.
/// </summary>
public sealed class GuardedPostgres : IAsyncLifetime
{
    internal const string Password = "Geh3im~wort";

    internal PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await PostgresServer.StartAsync(
            new()
            {
                Archiving = true,
                Hba =
                [
                    "local all all trust",
                    "host all guarded 127.0.0.1/32 scram-sha-256",
                    "host all banned 127.0.0.1/32 reject",
                    "host all all 127.0.0.1/32 trust",
                ],
            }
        );
        await Server.ExecuteAsync($"CREATE ROLE guarded LOGIN PASSWORD '{Password}' IN ROLE pg_monitor");
        await Server.ExecuteAsync("CREATE ROLE banned LOGIN; CREATE ROLE nobody LOGIN");
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
