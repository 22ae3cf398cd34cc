using System.Net.Sockets;
using BackupMetricsJob.Tests.Support;
using Npgsql;

namespace BackupMetricsJob.Tests.SupportTests;

public class PostgresServerTests
{
    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_server_archives_takes_a_base_backup_has_a_standby_and_can_be_restored(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        Assert.Equal(version, await server.ScalarAsync<int>("SELECT current_setting('server_version_num')::int / 10000"));

        await server.ExecuteAsync("CREATE TABLE orders AS SELECT 1 AS id");
        var backup = await server.BaseBackupAsync("nightly");
        Assert.Contains("LABEL: nightly", await File.ReadAllTextAsync(Path.Combine(backup, "backup_label")), StringComparison.Ordinal);

        await using var standby = await server.CreateStandbyAsync();
        Assert.True(await standby.ScalarAsync<bool>("SELECT pg_is_in_recovery()"));

        await server.ExecuteAsync("INSERT INTO orders VALUES (2)");
        await standby.WaitForAsync("the row to arrive", "SELECT count(*) = 2 FROM orders");
        var segment = await server.SwitchWalAsync();
        await server.WaitForArchivedAsync(segment);
        Assert.True(File.Exists(Path.Combine(server.ArchiveDirectory, segment)));
        Assert.Contains(Directory.GetFiles(server.ArchiveDirectory), file => file.EndsWith(".backup", StringComparison.Ordinal));

        await using var restored = await server.RestoreAsync(backup);
        Assert.Equal([1, 2], await restored.QueryAsync<int>("SELECT id FROM orders ORDER BY id"));

        await standby.PromoteAsync();
        await standby.ExecuteAsync("INSERT INTO orders VALUES (3)");
    }

    [Fact]
    public async Task Settings_of_the_start_and_of_later_are_seen()
    {
        await using var server = await PostgresServer.StartAsync(
            new()
            {
                SegmentSizeMegabytes = 1,
                Superuser = "root of all",
                Settings = { ["archive_mode"] = "on", ["archive_command"] = "cp %p {archive}/it's-%f" },
            }
        );
        Assert.Equal("1MB", await server.ScalarAsync<string>("SHOW wal_segment_size"));
        Assert.Equal("root of all", await server.ScalarAsync<string>("SELECT current_user"));
        Assert.Equal($"cp %p {server.ArchiveDirectory}/it's-%f", await server.ScalarAsync<string>("SHOW archive_command"));

        await server.SetAsync("archive_command", "false");
        Assert.Equal("false", await server.ScalarAsync<string>("SHOW archive_command"));

        await server.SetAsync("archive_command", null);
        Assert.Equal($"cp %p {server.ArchiveDirectory}/it's-%f", await server.ScalarAsync<string>("SHOW archive_command"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => server.SetAsync("wal_level", "logical"));
    }

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_database_of_its_own_is_a_copy_and_gone_with_whoever_is_connected_to_it(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version });
        await using var template = await server.CreateDatabaseAsync();
        await template.ExecuteAsync("CREATE TABLE orders AS SELECT 1 AS id");
        await using var other = await server.CreateDatabaseAsync(template.Name);
        await using (var copy = await server.CreateDatabaseAsync(template.Name))
        {
            await copy.ExecuteAsync("INSERT INTO orders VALUES (2)");
            await using var left = await copy.OpenAsync();

            Assert.Equal([1, 2], await copy.QueryAsync<int>("SELECT id FROM orders ORDER BY id"));
            Assert.Equal([1], await other.QueryAsync<int>("SELECT id FROM orders"));
        }

        Assert.Equal(
            new[] { template.Name, other.Name },
            await server.QueryAsync<string>("SELECT datname::text FROM pg_database WHERE datname LIKE 'own%' ORDER BY oid")
        );
    }

    [Fact]
    public async Task A_server_keeps_its_port_and_its_data_over_a_crash_and_a_stop()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("CREATE TABLE kept AS SELECT 1 AS id");
        var port = server.Port;

        await server.CrashAsync();
        Assert.False(server.IsRunning);
        using (var client = new TcpClient())
            await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(PostgresServer.Host, port));
        await server.StartAgainAsync();
        Assert.Contains("not properly shut down", server.Log, StringComparison.Ordinal);

        await server.StopAsync();
        await server.StartAgainAsync();
        Assert.Equal((port, 1), (server.Port, await server.ScalarAsync<int>("SELECT id FROM kept")));
    }

    [Fact]
    public async Task Own_lines_of_pg_hba_decide_for_everybody_but_the_support_itself()
    {
        await using var server = await PostgresServer.StartAsync(new() { Hba = ["host all all 127.0.0.1/32 scram-sha-256"] });
        await server.ExecuteAsync("CREATE ROLE monitor LOGIN PASSWORD 'p@ss/word'");
        var target = new Uri(server.ConnectionUri("monitor", password: "p@ss/word"));
        Assert.Equal("monitor:p%40ss%2Fword", target.UserInfo);

        Assert.Equal("monitor", await UserOfAsync(server, "p@ss/word"));
        Assert.Equal("28P01", (await Assert.ThrowsAsync<PostgresException>(() => UserOfAsync(server, "other"))).SqlState);

        await server.HbaAsync("host all all 127.0.0.1/32 reject");
        Assert.Equal("28000", (await Assert.ThrowsAsync<PostgresException>(() => UserOfAsync(server, "p@ss/word"))).SqlState);
        Assert.Equal(1, await server.ScalarAsync<int>("SELECT 1"));
        await Assert.ThrowsAsync<ArgumentException>(() => server.HbaAsync("host all all nonsense"));
    }

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Tls_is_spoken_with_a_certificate_that_a_client_can_verify(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Tls = true });
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "localhost",
            Port = server.Port,
            Username = "postgres",
            SslMode = SslMode.VerifyFull,
            RootCertificate = server.CertificateFile,
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", connection);

        Assert.Equal(true, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why_with_its_own_log()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            PostgresServer.StartAsync(new() { Settings = { ["no_such_setting"] = "1" } })
        );

        Assert.Contains("unrecognized configuration parameter \"no_such_setting\"", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(13, "npm ci --ignore-scripts --prefix ")]
    [InlineData(18, "npm ci --ignore-scripts --prefix ")]
    [InlineData(14, "apt-get install postgresql")]
    public void A_missing_version_says_what_to_install(int version, string install)
    {
        using var folder = new TempFolder();

        var failure = Assert.Throws<InvalidOperationException>(() => PostgresBinaries.Locate(version, folder.Path));

        Assert.Contains(install, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_programs_in_a_folder_that_is_closed_to_the_servers_user_can_be_run_all_the_same()
    {
        using var folder = new TempFolder();
        Directory.CreateSymbolicLink(folder.File("node_modules"), Path.Combine(Repository.Tests, "node_modules"));
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var binaries = PostgresBinaries.Locate(13, folder.Path);

        var version = await ChildProcess.RunSuccessfullyAsync(binaries.Postgres, ["--version"], new() { Unprivileged = true });
        Assert.StartsWith("postgres (PostgreSQL) 13.", version, StringComparison.Ordinal);
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_disposed_server()
    {
        var server = await PostgresServer.StartAsync();
        var pid = (await File.ReadAllLinesAsync(Path.Combine(server.DataDirectory, "postmaster.pid")))[0];
        Assert.True(Directory.Exists("/proc/" + pid));

        await server.DisposeAsync();

        Assert.False(Directory.Exists("/proc/" + pid));
        Assert.False(Directory.Exists(server.SocketDirectory));
    }

    static async Task<string?> UserOfAsync(PostgresServer server, string password)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = PostgresServer.Host,
            Port = server.Port,
            Username = "monitor",
            Password = password,
            Database = "postgres",
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT current_user::text", connection);
        return (string?)await command.ExecuteScalarAsync();
    }
}
