using System.Globalization;

namespace BackupMetricsJob.Tests.Support;

/// <summary>A real PgBouncer of its own before a server, on a free port of 127.0.0.1; gone when disposed.</summary>
internal sealed class PgBouncerServer : IAsyncDisposable
{
    readonly ChildProcess _process;

    PgBouncerServer(ChildProcess process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <param name="server">What is behind it: the database postgres, and others, with each of which something is wrong.</param>
    /// <param name="authentication">Its auth_type; the only user it knows is postgres, with the password secret.</param>
    /// <param name="tls">Whether it refuses who speaks no TLS.</param>
    public static async Task<PgBouncerServer> StartAsync(PostgresServer server, string authentication = "trust", bool tls = false)
    {
        var port = FreePort.Next();
        var folder = RunFolder.NewFolder("pgbouncer");
        if (tls)
            SelfSignedCertificate.Create(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "users"), "\"postgres\" \"secret\"\n");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "ini"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                [databases]
                postgres = host=127.0.0.1 port={server.Port}
                gone = host=127.0.0.1 port={server.Port} dbname=nothing
                down = host=127.0.0.1 port={FreePort.Next()} dbname=postgres
                small = host=127.0.0.1 port={server.Port} dbname=postgres pool_size=1
                ghost = host=127.0.0.1 port={server.Port} dbname=postgres user=ghost
                statement = host=127.0.0.1 port={server.Port} dbname=postgres pool_mode=statement
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {port}
                unix_socket_dir =
                auth_type = {authentication}
                auth_file = {Path.Combine(folder, "users")}
                pool_mode = transaction
                query_wait_timeout = 1
                max_client_conn = 3
                {(
                    tls
                        ? $"client_tls_sslmode = require\nclient_tls_key_file = {folder}/server.key\n"
                            + $"client_tls_cert_file = {folder}/server.crt"
                        : ""
                )}
                """
            )
        );
        PostgresTemplate.GiveToServerUser(folder);
        var process = ChildProcess.Start(
            Tool.Find("pgbouncer", "apt-get install pgbouncer"),
            [Path.Combine(folder, "ini")],
            new() { Unprivileged = true }
        );
        var bouncer = new PgBouncerServer(process, port);
        await Wait.ForAsync(
            "PgBouncer to listen",
            () => process.HasExited || process.Error.Contains("process up", StringComparison.Ordinal),
            state: () => process.Error
        );
        if (!process.HasExited)
            return bouncer;
        throw new InvalidOperationException("PgBouncer ended: " + process.Error);
    }

    public string Uri(string database, string user = "postgres", string password = "secret") =>
        string.Create(CultureInfo.InvariantCulture, $"postgresql://{user}:{password}@127.0.0.1:{Port}/{database}");

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
