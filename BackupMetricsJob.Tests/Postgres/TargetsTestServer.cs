using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>
/// Two PostgreSQL servers with the same data, one with TLS and one without, on free ports and on Unix sockets in <see cref="Folder"/>.
/// Roles: the operating system's user, <c>scram</c> (password), <c>certified</c> (client certificate) and <c>trusted</c>.
/// </summary>
public sealed class TargetsTestServer : IDisposable
{
    const string Password = "pa:ss w\\o'rd@/";
    static readonly bool IsRoot = Environment.UserName == "root";
    readonly List<string> _running = [];

    public TargetsTestServer()
    {
        Folder = Run(asServer: true, "mktemp", "-d", "/tmp/targets-pg-XXXXXX").Trim();
        try
        {
            MakeCertificates();
            Run(
                asServer: true,
                Binary("initdb"),
                "-D",
                $"{Folder}/tls",
                "-U",
                "postgres",
                "-A",
                "trust",
                "--no-sync",
                "-E",
                "UTF8",
                "--locale=C"
            );
            WriteAsServer(
                "tls/postgresql.conf",
                $"unix_socket_directories = '{Folder}'\nlisten_addresses = '127.0.0.1'\nfsync = off\npassword_encryption "
                    + "= 'scram-sha-256'\n"
            );
            WriteAsServer(
                "tls/pg_hba.conf",
                """
                local all all trust
                hostssl all certified 127.0.0.1/32 cert
                host all scram 127.0.0.1/32 scram-sha-256
                host all all 127.0.0.1/32 trust

                """
            );
            Run(asServer: true, "cp", "-r", $"{Folder}/tls", $"{Folder}/plain");
            TlsPort = Start(
                "tls",
                $"-c ssl=on -c ssl_cert_file={Folder}/server.crt -c ssl_key_file={Folder}/server.key -c ssl_ca_file={Folder}/ca.crt"
            );
            PlainPort = Start("plain", "");
            foreach (var port in new[] { TlsPort, PlainPort })
            {
                var me = Environment.UserName;
                Psql(
                    port,
                    $"CREATE ROLE scram LOGIN PASSWORD '{Password.Replace("'", "''", StringComparison.Ordinal)}'; "
                        + "CREATE ROLE certified LOGIN; CREATE ROLE trusted LOGIN"
                        + (me == "postgres" ? "" : $"; CREATE ROLE \"{me}\" LOGIN")
                );
                foreach (var database in new[] { me, "scram", "certified", "trusted", "orders", "my orders" })
                {
                    if (database != "postgres")
                        Psql(port, $"CREATE DATABASE \"{database}\"");
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Folder { get; }

    public int TlsPort { get; }

    public int PlainPort { get; }

    public static string ScramPassword => Password;

    public void Dispose()
    {
        foreach (var data in _running)
            Run(asServer: true, Binary("pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop");
        Run(asServer: false, "rm", "-rf", Folder);
    }

    static string Binary(string name) => Path.Combine(PostgresBinaries.Distribution.Folder, name);

    int Start(string name, string options)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Run(
            asServer: true,
            Binary("pg_ctl"),
            "-D",
            $"{Folder}/{name}",
            "-w",
            "-l",
            $"{Folder}/{name}.log",
            "-o",
            $"-p {port} {options}",
            "start"
        );
        _running.Add($"{Folder}/{name}");
        return port;
    }

    /// <summary>
    /// An authority that signed the server's certificate (for db.test and localhost) and a client's, and another authority.
    /// </summary>
    void MakeCertificates()
    {
        Run(
            asServer: true,
            "sh",
            "-ec",
            $$"""
            cd {{Folder}}; chmod 755 .
            make() { openssl req -newkey rsa:2048 -nodes -keyout $1.key -subj /CN=$2 -out $1.csr 2>/dev/null
                openssl x509 -req -in $1.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out $1.crt -extfile $1.ext 2>/dev/null; }
            for ca in ca stranger; do
                openssl req -x509 -newkey rsa:2048 -nodes -keyout $ca.key -subj /CN=$ca -days 2 -out $ca.crt 2>/dev/null; done
            echo subjectAltName=DNS:db.test,DNS:localhost >server.ext; echo extendedKeyUsage=clientAuth >client.ext
            make server db.test; make client certified
            chmod 644 *.crt; chmod 600 *.key
            """
        );
        if (IsRoot)
            Run(asServer: false, "chown", "root", $"{Folder}/client.key");
    }

    void WriteAsServer(string file, string content) => File.WriteAllText($"{Folder}/{file}", content);

    void Psql(int port, string sql) =>
        Run(
            asServer: true,
            Binary("psql"),
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            Folder,
            "-p",
            $"{port}",
            "-U",
            "postgres",
            "-d",
            "postgres",
            "-c",
            sql
        );

    /// <summary>PostgreSQL refuses to run as root, so root runs the server's commands as postgres.</summary>
    static string Run(bool asServer, params string[] command)
    {
        string[] all = asServer && IsRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", .. command] : command;
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };

        // The server started by pg_ctl keeps its output open, so do not wait for its end.
        var isDaemon = command[^1] == "start";
        start.RedirectStandardOutput = start.RedirectStandardError = !isDaemon;
        using var process = Process.Start(start)!;
        var error = isDaemon ? null : process.StandardError.ReadToEndAsync();
        var output = isDaemon ? "" : process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
            throw new InvalidOperationException($"{command[0]} does not end");
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', command)}: {error?.Result}");
    }
}
