using System.Globalization;
using System.Runtime.InteropServices;

namespace BackupMetricsJob.Tests.Support;

/// <summary>How a server is stopped.</summary>
internal enum StopMode
{
    /// <summary>With a last checkpoint; sessions are cut.</summary>
    Fast,

    /// <summary>At once, as in a crash: the next start recovers.</summary>
    Immediate,
}

/// <summary>
/// A real PostgreSQL of its own: fresh data, a free port of 127.0.0.1, a Unix socket. It listens when <see cref="StartAsync"/> returns,
/// and is gone with all its files and backups when disposed or when the test process ends. This file: its life. Beside it: its SQL, its
/// backups.
/// </summary>
internal sealed partial class PostgresServer : IAsyncDisposable
{
    readonly PostgresBinaries _binaries;
    readonly List<string> _backups = [];
    ChildProcess? _process;

    PostgresServer(PostgresOptions options, string folder)
    {
        Options = options;
        Folder = folder;
        _binaries = PostgresBinaries.Find(options.Version);
    }

    public PostgresOptions Options { get; }

    public static string Host => "127.0.0.1";

    public int Port { get; private set; }

    public string SocketDirectory => Folder;

    public string DataDirectory => Path.Combine(Folder, "data");

    /// <summary>Where the archive command of <see cref="PostgresOptions.Archiving"/> puts its files; the server may write here.</summary>
    public string ArchiveDirectory => Path.Combine(Folder, "archive");

    /// <summary>An archive command that works until <see cref="BreakArchiver"/>.</summary>
    public string ArchiveCommand => $"test ! -e {BrokenArchiverFile} && {StoreCommand}";

    /// <summary>
    /// Stores a file in the archive of this server, also for another one: whole or not at all, and what is half stored is no file of it.
    /// Nothing may follow it: the shell becomes mv, which saves a process for each segment.
    /// </summary>
    public string StoreCommand => $"cp %p {Folder}/%f.arriving && exec mv {Folder}/%f.arriving {ArchiveDirectory}/%f";

    public string CertificateFile => Path.Combine(Folder, "server.crt");

    public string LogFile => Path.Combine(Folder, "log");

    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    public bool IsRunning => _process is { HasExited: false };

    string Folder { get; }

    string BrokenArchiverFile => Path.Combine(Folder, "archiver-is-broken");

    public static async Task<PostgresServer> StartAsync(PostgresOptions? options = null)
    {
        options ??= new();
        return await StartFromAsync(await PostgresTemplate.GetAsync(options), options);
    }

    /// <summary>
    /// libpq's URI of this server, by TCP. Without a user: the superuser, who needs no password unless the test's own pg_hba lines say so.
    /// </summary>
    public string ConnectionUri(string? user = null, string? database = null, string? password = null)
    {
        var secret = password is null ? "" : ":" + Uri.EscapeDataString(password);
        var name = Uri.EscapeDataString(user ?? Options.Superuser);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"postgresql://{name}{secret}@{Host}:{Port}/{Uri.EscapeDataString(database ?? "postgres")}"
        );
    }

    public async Task StopAsync(StopMode mode = StopMode.Fast)
    {
        if (_process is null)
            return;
        foreach (var sessions in _sessions.Values)
            sessions.Clear();
        _process.Signal(mode == StopMode.Fast ? PosixSignal.SIGINT : PosixSignal.SIGQUIT);
        await _process.WaitAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Ends the server as a crash does.</summary>
    public Task CrashAsync() => StopAsync(StopMode.Immediate);

    /// <summary>Starts the stopped server on its old port.</summary>
    public async Task StartAgainAsync()
    {
        if (!await TryLaunchAsync())
            throw StartFailure();
    }

    /// <summary>
    /// From now on <see cref="ArchiveCommand"/> fails. A new archive_command would be read by the archiver in its own time: on a busy
    /// machine some of the segments that are to be lost would still be archived.
    /// </summary>
    public void BreakArchiver() => File.WriteAllText(BrokenArchiverFile, "");

    /// <summary>Makes a standby a primary.</summary>
    public async Task PromoteAsync()
    {
        await ExecuteAsync("SELECT pg_promote(true, 30)");
        await Wait.ForAsync(
            "the standby to be a primary",
            async () => !await ScalarAsync<bool>("SELECT pg_is_in_recovery()"),
            state: () => Log
        );
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync(StopMode.Immediate);
        }
        catch (TimeoutException)
        {
            // WaitAsync has killed it.
        }

        foreach (var sessions in _sessions.Values)
            await sessions.DisposeAsync();
        foreach (var folder in _backups.Append(Folder).Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
    }

    // `source`, a data directory, becomes a server, or a copy of it. `signalFile` is standby.signal or recovery.signal.
    static async Task<PostgresServer> StartFromAsync(
        string source,
        PostgresOptions options,
        string? signalFile = null,
        string? ownSettings = null,
        bool moved = false
    )
    {
        var server = new PostgresServer(options, RunFolder.NewFolder("pg"));
        if (moved)
            Directory.Move(source, server.DataDirectory);
        else
            await ChildProcess.RunSuccessfullyAsync("/bin/cp", ["-a", source, server.DataDirectory]);
        Directory.CreateDirectory(server.ArchiveDirectory);
        if (options.Tls)
            SelfSignedCertificate.Create(server.Folder);
        if (signalFile is not null)
            await File.WriteAllTextAsync(Path.Combine(server.DataDirectory, signalFile), "");
        await server.WriteHbaAsync(options.Hba);
        PostgresTemplate.GiveToServerUser(server.Folder);

        var configuration = Path.Combine(server.DataDirectory, "postgresql.conf");
        var common = await File.ReadAllTextAsync(configuration) + server.Configuration() + ownSettings;
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            // Somebody else may take the port between its choice and the start.
            server.Port = FreePort.Next();
            await File.WriteAllTextAsync(configuration, $"{common}port = {server.Port}\n");
            if (await server.TryLaunchAsync())
                return server;
            if (!server.Log.Contains("Address already in use", StringComparison.Ordinal))
                break;
        }

        var failure = server.StartFailure();
        await server.DisposeAsync();
        throw failure;
    }

    string Configuration()
    {
        Dictionary<string, string> settings = new()
        {
            // Where localhost is ::1, too, a client tries that first.
            ["listen_addresses"] = "localhost",
            ["unix_socket_directories"] = SocketDirectory,
            ["fsync"] = "off",
            ["wal_init_zero"] = "off",
            // Each process of a server maps what it shares, and each start makes all processes.
            ["shared_buffers"] = "2MB",
            ["max_connections"] = "40",
            ["max_worker_processes"] = "2",
            ["max_logical_replication_workers"] = "0",
            ["autovacuum"] = "off",
            ["log_line_prefix"] = "%m [%p] ",
        };
        if (Options.Archiving)
            (settings["archive_mode"], settings["archive_command"]) = ("on", ArchiveCommand);
        if (Options.Tls)
            (settings["ssl"], settings["ssl_cert_file"], settings["ssl_key_file"]) = (
                "on",
                CertificateFile,
                Path.Combine(Folder, "server.key")
            );
        foreach (var (name, value) in Options.Settings)
            settings[name] = value.Replace("{archive}", ArchiveDirectory, StringComparison.Ordinal);

        return string.Concat(settings.Select(s => $"{s.Key} = '{s.Value.Replace("'", "''", StringComparison.Ordinal)}'\n"));
    }

    // True when it accepts connections, false when it ended instead.
    async Task<bool> TryLaunchAsync()
    {
        // SIGQUIT when we are gone: then the postmaster ends its children and gives its shared memory back.
        string[] arguments = ["-c", """exec "$@" >>"$0" 2>&1""", LogFile, _binaries.Postgres, "-D", DataDirectory];
        _process = ChildProcess.Start("/bin/sh", arguments, new() { Unprivileged = true, SignalWhenOrphaned = "QUIT" });
        await Wait.ForAsync($"PostgreSQL {Options.Version} to be ready", () => _process.HasExited || IsReady(), state: () => Log);
        if (!_process.HasExited)
            return true;
        await _process.DisposeAsync();
        _process = null;
        return false;
    }

    // The eighth line of postmaster.pid is the state, as pg_ctl reads it; "standby" accepts no connections.
    bool IsReady()
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(DataDirectory, "postmaster.pid"));
            return lines.Length >= 8
                && lines[0] == _process!.Id.ToString(CultureInfo.InvariantCulture)
                && lines[7].Trim() is "ready" or "standby";
        }
        catch (IOException)
        {
            return false; // not there yet
        }
    }

    InvalidOperationException StartFailure() =>
        new($"PostgreSQL {Options.Version} ({_binaries.Postgres}) did not start. Its log says:\n{Log}");
}
