using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Drill;

/// <summary>
/// The throw-away server. Only this user can connect to it, through a socket in the drill's folder. It archives nothing, follows no
/// primary, and runs no workers of logical replication, and none of extensions but those that --preload names.
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

    string ConfigurationFile => folder.File("postgresql.conf");

    string AccessFile => folder.File("pg_hba.conf");

    string IdentityFile => folder.File("pg_ident.conf");

    /// <summary>The options with which PostgreSQL's programs connect to it.</summary>
    public IReadOnlyList<string> ClientArguments =>
        ["-h", folder.SocketDirectory, "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", options.Superuser];

    /// <exception cref="DrillException">The path of the socket would be too long.</exception>
    public static void CheckSocketPath(DrillFolder folder)
    {
        if (Path.Combine(folder.SocketDirectory, $".s.PGSQL.{Port}").Length > MaxSocketPath)
            throw DrillException.OfSettings($"the path of {folder.FullPath} is too long for a Unix socket: name a shorter --work-dir");
    }

    /// <param name="walCommand">The restore_command; null for a cluster without recovery.</param>
    public void Configure(string? walCommand)
    {
        var settings = new DrillClusterSettings(folder.SocketDirectory, Port, programs.Version, options.Preload);
        File.WriteAllText(ConfigurationFile, settings.Text(walCommand));
        File.WriteAllText(AccessFile, "local all all trust\n");
        File.WriteAllText(IdentityFile, "");
    }

    /// <summary>Returns when the server accepts writes, which is after recovery.</summary>
    /// <exception cref="StartException">The server ended instead.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process = program.Start(
            programs.Postgres,
            [
                .. (string[])["-D", folder.DataDirectory, "-c", "config_file=" + ConfigurationFile],
                .. (string[])["-c", "hba_file=" + AccessFile, "-c", "ident_file=" + IdentityFile],
            ],
            LogFile
        );
        while (!IsReady())
        {
            if (_process.HasExited)
                throw new StartException(ErrorExcerpt());
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>The lines of the server's log.</summary>
    public IEnumerable<string> Log => File.Exists(LogFile) ? File.ReadLines(LogFile) : [];

    /// <summary>The server's last messages that are not routine.</summary>
    public string ErrorExcerpt() => program.Words.Extract(string.Join('\n', Log.Where(line => Telling().IsMatch(line))));

    /// <exception cref="DrillException">The server refuses the connection.</exception>
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
            throw new DrillException(
                $"the restored server does not answer: {ProbeFailures.From(e)?.Message ?? e.Message} {ErrorExcerpt()}"
            );
        }
    }

    /// <summary>Shuts the server down cleanly.</summary>
    /// <exception cref="DrillException">The shutdown was not clean.</exception>
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
            throw new DrillException($"the server did not stop within {StopTime.TotalSeconds:0} s: {ErrorExcerpt()}");
        }

        if (_process.ExitCode != 0)
            throw new DrillException($"the server did not stop cleanly: {ErrorExcerpt()}");
    }

    public void Dispose() => _process?.Dispose();

    // Leaves out hints: one may say to remove backup_label, which is wrong for a test of the backup. Lines without a level come from
    // restore_command and are quoted by WalSource. Before the settings are read, a line begins with a time.
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
