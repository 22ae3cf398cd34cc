using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Drill;

/// <summary>
/// The throw-away server. Nobody but this user can connect to it, by a socket in the drill's folder. It archives nothing, follows nobody,
/// and runs no workers of extensions or of logical replication.
/// </summary>
internal sealed partial class DrillCluster(DrillFolder folder, DrillProgram program, PostgresPrograms programs, DrillOptions options)
    : IDisposable
{
    const int Port = 5432;

    /// <summary>The longest path of a Unix socket on Linux, without its final NUL.</summary>
    const int MaxSocketPath = 107;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan StopTime = TimeSpan.FromSeconds(60);

    Process? _process;

    public PostgresPrograms Programs => programs;

    public string LogFile => folder.File("server.log");

    /// <summary>The options by which PostgreSQL's programs find it.</summary>
    public IReadOnlyList<string> ClientArguments =>
        ["-h", folder.SocketDirectory, "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", options.Superuser];

    /// <exception cref="DrillException">The path of the socket would be too long.</exception>
    public static void CheckSocketPath(DrillFolder folder)
    {
        if (Path.Combine(folder.SocketDirectory, $".s.PGSQL.{Port}").Length > MaxSocketPath)
            throw DrillException.OfSettings($"the path of {folder.FullPath} is too long for a Unix socket: name a shorter --work-dir");
    }

    /// <param name="walCommand">Where WAL comes from; null for a cluster that does not recover.</param>
    public void Configure(string? walCommand)
    {
        Dictionary<string, string> settings = new()
        {
            // Nothing leaves this cluster, and nothing comes in.
            ["listen_addresses"] = "",
            ["unix_socket_directories"] = folder.SocketDirectory,
            ["unix_socket_permissions"] = "0700",
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["archive_mode"] = "off",
            ["archive_command"] = "",
            ["primary_conninfo"] = "",
            ["primary_slot_name"] = "",
            ["archive_cleanup_command"] = "",
            ["recovery_end_command"] = "",
            ["max_wal_senders"] = "0",
            ["ssl"] = "off",
            // No worker of an extension runs (pg_cron), nor of a subscription.
            ["max_worker_processes"] = "0",
            ["max_logical_replication_workers"] = "0",
            ["shared_preload_libraries"] = options.Preload,
            ["session_preload_libraries"] = "",
            ["local_preload_libraries"] = "",
            ["autovacuum"] = "off",
            // Small: with hot_standby off the primary's own limits do not count.
            ["hot_standby"] = "off",
            ["max_connections"] = "20",
            ["superuser_reserved_connections"] = "1",
            ["max_prepared_transactions"] = "1000",
            ["max_locks_per_transaction"] = "256",
            ["shared_buffers"] = "64MB",
            ["maintenance_work_mem"] = "64MB",
            ["max_wal_size"] = "256MB",
            ["huge_pages"] = "off",
            // Shared memory in files of the data directory: a killed server leaves none behind.
            ["dynamic_shared_memory_type"] = "mmap",
            ["fsync"] = "off",
            ["full_page_writes"] = "off",
            ["logging_collector"] = "off",
            ["log_destination"] = "stderr",
            ["log_line_prefix"] = "",
            ["log_min_messages"] = "warning",
            ["lc_messages"] = "C",
            ["jit"] = "off",
        };
        if (programs.Version >= 15)
            settings["archive_library"] = "";
        if (programs.Version >= 17)
            settings["event_triggers"] = "off";
        if (walCommand is not null)
            (settings["restore_command"], settings["recovery_target_timeline"]) = (walCommand, "latest");
        if (options.Preload.Length > 0)
            settings.Remove("max_worker_processes");
        File.WriteAllText(folder.File("postgresql.conf"), string.Concat(settings.Select(one => ShellText.Setting(one.Key, one.Value))));
        File.WriteAllText(folder.File("pg_hba.conf"), "local all all trust\n");
        File.WriteAllText(folder.File("pg_ident.conf"), "");
    }

    /// <summary>Returns when it can be written to: recovery has ended.</summary>
    /// <exception cref="StartException">It ends instead.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process = program.Start(
            programs.Postgres,
            [
                .. (string[])["-D", folder.DataDirectory, "-c", "config_file=" + folder.File("postgresql.conf")],
                "-c",
                "hba_file=" + folder.File("pg_hba.conf"),
                "-c",
                "ident_file=" + folder.File("pg_ident.conf"),
            ],
            LogFile
        );
        while (!IsReady())
        {
            if (_process.HasExited)
                throw new StartException(LastWords());
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>The lines of the server's log.</summary>
    public IEnumerable<string> Log => File.Exists(LogFile) ? File.ReadLines(LogFile) : [];

    /// <summary>What the server said last that is not routine.</summary>
    public string LastWords() => program.Words.Extract(string.Join('\n', Log.Where(line => Telling().IsMatch(line))));

    /// <exception cref="DrillException">Nobody is let in.</exception>
    public async Task<NpgsqlConnection> ConnectAsync(
        string database,
        CancellationToken cancellationToken,
        string? role = null,
        bool isReadOnly = true
    )
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = folder.SocketDirectory,
            Port = Port,
            Username = role ?? options.Superuser,
            Database = database,
            Pooling = false,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            CommandTimeout = 0,
            Options = $"-c default_transaction_read_only={(isReadOnly ? "on" : "off")} -c search_path=pg_catalog,public",
        };
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        await using var source = builder.Build();
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (PostgresException e)
        {
            var hint = e.SqlState switch
            {
                PostgresErrorCodes.InvalidAuthorizationSpecification => ": name a superuser of that cluster with --superuser",
                PostgresErrorCodes.InvalidCatalogName => ": name one of its databases with --database",
                _ => null,
            };
            throw new DrillException(
                $"the restored server refuses a session: {PlainText.OnOneLine(e.MessageText)}{hint}",
                hint is null ? DrillFault.Backup : DrillFault.Settings
            );
        }
        catch (NpgsqlException e)
        {
            throw new DrillException($"the restored server does not answer: {ProbeFailures.From(e)?.Message ?? e.Message} {LastWords()}");
        }
    }

    /// <summary>A clean shutdown.</summary>
    /// <exception cref="DrillException">It does not end so.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_process is null or { HasExited: true })
            return;
        NativeMethods.Signal(_process.Id, NativeMethods.Interrupt);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopTime);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DrillException($"the server did not stop within {StopTime.TotalSeconds:0} s: {LastWords()}");
        }

        if (_process.ExitCode != 0)
            throw new DrillException($"the server did not stop cleanly: {LastWords()}");
    }

    public void Dispose() => _process?.Dispose();

    // A hint may say to remove backup_label, which no one should follow who only wants to know whether a backup is good. What stands
    // without a level is restore_command's, which WalSource quotes. Before the settings are read, a line begins with a time.
    [GeneratedRegex(@"^(?:\d{4}-\S+ \S+ \S+ \[\d+\] )?(?:FATAL|PANIC|ERROR|WARNING|DETAIL|CONTEXT): ")]
    private static partial Regex Telling();

    // The eighth line of postmaster.pid is the state, as pg_ctl reads it.
    bool IsReady()
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(folder.DataDirectory, "postmaster.pid"));
            return lines.Length >= 8 && lines[7].Trim() == "ready";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
