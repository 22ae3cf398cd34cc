using System.Globalization;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Shipped;

/// <summary>
/// The shipped program copied alone to what a bare Debian container has: the files of libc, libssl, the certificates and the time zones, a
/// read-only root, and a user by number.
/// </summary>
public sealed class BareHostTests : IAsyncLifetime, IDisposable
{
    // In Debian 13 the package of OpenSSL has another name, and needs two more.
    static readonly string[] Packages =
    [
        "libc6",
        .. File.Exists("/var/lib/dpkg/info/libssl3t64:amd64.list") ? ["libssl3t64", "libzstd1", "zlib1g"] : (string[])["libssl3"],
        "ca-certificates",
        "tzdata",
    ];
    const string Password = "pw";

    readonly TempFolder _folder = new();
    PostgresServer _server = null!;
    PushgatewayServer _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await PushgatewayServer.StartAsync();
        _server = await PostgresServer.StartAsync(
            new()
            {
                Archiving = true,
                Tls = true,
                Hba = ["local all all trust", "local replication all trust", "hostssl all all 127.0.0.1/32 scram-sha-256"],
            }
        );
        foreach (
            var statement in new[]
            {
                $"CREATE ROLE monitor LOGIN PASSWORD '{Password}' IN ROLE pg_monitor",
                $"CREATE ROLE scheduler LOGIN PASSWORD '{Password}'",
                "CREATE DATABASE scheduler OWNER scheduler",
            }
        )
            await _server.ExecuteAsync(statement);
        await _server.BaseBackupAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_asks_over_TLS_and_pushes()
    {
        await using var run = await StartAsync("run", "--connection", Uri("monitor"), "--instance", "orders", "--gateway", _gateway.Url);

        var result = await run.WaitAsync();

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.Contains("ok orders: base backup", result.Error, StringComparison.Ordinal);
        Assert.NotEmpty(await _gateway.SamplesAsync("postgres_backup_last_success_timestamp_seconds"));
    }

    [Fact]
    public async Task Files_and_JSON_and_the_catalogue_are_there_too()
    {
        _folder.Write("config.yaml", $"gateway: {{url: {_gateway.Url}}}\ntargets:\n- {{name: stock, connection: '{Uri("monitor")}'}}\n");
        await using var file = await StartAsync("run", "--config", "/etc/given/config.yaml", "--log-format", "json");
        var run = await file.WaitAsync();
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("\"target\":\"stock\"", run.Error.Replace("\": \"", "\":\"", StringComparison.Ordinal), StringComparison.Ordinal);

        await using var init = await StartAsync("catalog", "init", "--connection", Uri("scheduler", "scheduler"));
        var made = await init.WaitAsync();
        Assert.True(made.ExitCode == 0, made.Error);
        await using var recording = await StartAsync(
            "record",
            "--connection",
            Uri("scheduler", "scheduler"),
            "--server",
            "stock",
            "--tool",
            "pg_dump",
            "--type",
            "logical",
            "--from-exit-code",
            "0"
        );
        var recorded = await recording.WaitAsync();
        Assert.True(recorded.ExitCode == 0, recorded.Error);
        await using var show = await StartAsync("show", "--connection", Uri("scheduler", "scheduler"), "--source", "catalog");
        var shown = await show.WaitAsync();
        Assert.Contains("pg_dump", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_scheduler_runs_in_a_cluster_in_a_time_zone_behind_its_endpoint()
    {
        await using var daemon = await StartAsync(
            "schedule",
            "--cron",
            "* * * * * ?",
            "--timezone",
            "Europe/Zurich",
            "--cluster",
            Uri("scheduler", "scheduler"),
            "--node",
            "one",
            "--listen",
            "127.0.0.1:0",
            "--connection",
            Uri("monitor"),
            "--instance",
            "nightly",
            "--gateway",
            _gateway.Url
        );
        var listening = await daemon.WaitForErrorLineAsync("listening on http://");
        await daemon.WaitForErrorLineAsync("ended on one, and is done");

        using var http = new System.Net.Http.HttpClient();
        var page = await http.GetStringAsync(
            new Uri(listening[listening.IndexOf("http://", StringComparison.Ordinal)..].Split(' ', ',')[0])
        );
        Assert.Contains("nightly", page, StringComparison.Ordinal);

        await Bubblewrap.TerminateAsync(daemon);
        var ended = await daemon.WaitAsync();
        Assert.True(ended.ExitCode == 0, ended.Error);
    }

    string Uri(string user, string database = "postgres") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"postgresql://{user}@{PostgresServer.Host}:{_server.Port}/{database}?sslmode=verify-ca&sslrootcert=/etc/given/server.crt"
        );

    async Task<ChildProcess> StartAsync(params string[] command)
    {
        var program = await NativeProgram.PathAsync();
        File.Copy(_server.CertificateFile, _folder.File("server.crt"), overwrite: true);
        File.SetUnixFileMode(
            _folder.Path,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute
        );
        List<string> arguments =
        [
            "--die-with-parent",
            "--unshare-pid",
            "--clearenv",
            "--setenv",
            "PGPASSWORD",
            Password,
            "--proc",
            "/proc",
            "--dev",
            "/dev",
        ];
        foreach (var link in new[] { "bin", "lib", "lib64", "sbin" })
            arguments.AddRange(["--symlink", "usr/" + link, "/" + link]);
        var files = (await FilesAsync()).ToArray();
        // The folders above a mount would be for root alone.
        foreach (var above in files.Append("/opt/x").Append("/etc/x").SelectMany(Above).Distinct().Order(StringComparer.Ordinal))
            arguments.AddRange(["--perms", "0755", "--dir", above]);
        foreach (var file in files)
            arguments.AddRange(["--ro-bind", file, file]);
        arguments.AddRange(["--ro-bind", program, "/opt/backup-metrics"]);
        arguments.AddRange([
            "--ro-bind",
            "/etc/ssl",
            "/etc/ssl",
            "--ro-bind",
            _folder.Path,
            "/etc/given",
            "--ro-bind",
            "/usr/bin/setpriv",
            "/opt/setpriv",
        ]);
        foreach (
            var library in Directory
                .GetDirectories("/usr/lib", "*-linux-gnu")
                .Select(folder => Path.Combine(folder, "libcap-ng.so.0"))
                .Where(File.Exists)
        )
            arguments.AddRange(["--ro-bind", library, library]);
        arguments.AddRange(["--remount-ro", "/"]);
        string[] become = Environment.IsPrivilegedProcess
            ? ["/opt/setpriv", "--reuid", "1654", "--regid", "1654", "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--"]
            : [];
        if (become.Length == 0)
            arguments.AddRange(["--unshare-user", "--uid", "1654", "--gid", "1654"]);
        return ChildProcess.Start(
            Tool.Find("bwrap", "apt-get install bubblewrap"),
            [.. arguments, "--", .. become, "/opt/backup-metrics", .. command]
        );
    }

    static IEnumerable<string> Above(string file)
    {
        for (var folder = Path.GetDirectoryName(file); folder is { Length: > 1 }; folder = Path.GetDirectoryName(folder))
            yield return folder;
    }

    /// <summary>What the packages have that a program uses; documentation is not of it.</summary>
    static async Task<IEnumerable<string>> FilesAsync()
    {
        var list = await ChildProcess.RunSuccessfullyAsync(Tool.Find("dpkg-query", "dpkg"), ["--listfiles", .. Packages]);
        return list.Split('\n')
            .Select(file => file.StartsWith("/lib", StringComparison.Ordinal) ? "/usr" + file : file)
            .Where(file =>
                (
                    file.StartsWith("/usr/lib", StringComparison.Ordinal)
                    || file.StartsWith("/usr/share/zoneinfo/Europe/Zurich", StringComparison.Ordinal)
                )
                && File.Exists(file)
                && !file.Contains("gconv", StringComparison.Ordinal)
            )
            .Distinct();
    }
}
