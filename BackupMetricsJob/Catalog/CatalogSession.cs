using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// One writing connection for the duration of a command. It always ends within its timeout, and errors of the database or the input are
/// values. The server rolls back anything uncommitted.
/// </summary>
internal sealed class CatalogSession
{
    static readonly TimeSpan MaxConnect = TimeSpan.FromSeconds(15);
    static readonly TimeSpan MaxLockWait = TimeSpan.FromSeconds(30);

    volatile string _step = "connecting";
    NpgsqlConnection? _connection;

    public NpgsqlConnection Connection => _connection ?? throw new InvalidOperationException("The session is not open yet.");

    /// <summary>The current step, for the message if it does not end.</summary>
    public string Step
    {
        set => _step = value;
    }

    /// <summary>Whether values of the input are being stored. If so, the server's complaints about values are the input's fault.</summary>
    public bool StoresInput { get; set; }

    /// <param name="settings">The database.</param>
    /// <param name="timeout">The time limit for everything, at most a day.</param>
    /// <param name="work">The work to do. It returns null on success.</param>
    /// <param name="stop">Ends the session at once.</param>
    public static async Task<CatalogFailure?> RunAsync(
        ConnectionSettings settings,
        TimeSpan timeout,
        Func<CatalogSession, CancellationToken, Task<CatalogFailure?>> work,
        CancellationToken stop
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(timeout);
        var session = new CatalogSession();
        try
        {
            // Before the server's first byte, Npgsql ignores the token, and so does a read from a pipe. So the wait itself must end.
            return await session.WorkAsync(settings, timeout, work, deadline.Token).WaitAsync(deadline.Token);
        }
        catch (ListingException e)
        {
            return CatalogFailure.Input(e.Message);
        }
        catch (Exception e) when (stop.IsCancellationRequested && IsEndOfWait(e))
        {
            return new(CatalogFailureCause.Stopped, $"stopped while {session._step}");
        }
        catch (Exception e) when (deadline.IsCancellationRequested && IsEndOfWait(e))
        {
            return CatalogFailure.Database(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"not done within {timeout.TotalSeconds:0.###} s: stopped while {session._step}"
                )
            );
        }
        catch (Exception e) when (session.StoresInput && IsOfData(e))
        {
            return CatalogFailure.Input($"PostgreSQL cannot store it: {ProbeFailures.From(e)!.Message}");
        }
        catch (Exception e) when (ProbeFailures.From(e) is not null)
        {
            return session.Failed(settings, ProbeFailures.From(e)!);
        }
    }

    /// <summary>
    /// Runs the work in a database with the catalogue version that this program knows. Any other database is a failure, and nothing is
    /// done.
    /// </summary>
    public static Task<CatalogFailure?> RunOnCatalogueAsync(
        ConnectionSettings settings,
        TimeSpan timeout,
        Func<CatalogSession, CancellationToken, Task<CatalogFailure?>> work,
        CancellationToken stop
    ) =>
        RunAsync(
            settings,
            timeout,
            async (session, cancellationToken) =>
                await CatalogVersion.CheckAsync(session, cancellationToken) ?? await work(session, cancellationToken),
            stop
        );

    /// <summary>A command with its parameters in the order $1, $2 and so on; null means NULL.</summary>
    [SuppressMessage(
        "Security",
        "CA2100",
        Justification = "The SQL is of this assembly; names in it are quoted by CatalogGrants, values are parameters."
    )]
    public NpgsqlCommand Command(string sql, params object?[] parameters)
    {
        var command = new NpgsqlCommand(sql, Connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter ?? DBNull.Value });
        return command;
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    async Task<CatalogFailure?> WorkAsync(
        ConnectionSettings settings,
        TimeSpan timeout,
        Func<CatalogSession, CancellationToken, Task<CatalogFailure?>> work,
        CancellationToken cancellationToken
    )
    {
        var limited = settings with { ConnectTimeout = settings.ConnectTimeout ?? MaxConnect };
        var (connection, failure) = await MultiHostConnector.OpenAsync(
            limited,
            timeout,
            new RunClock(TimeProvider.System),
            new ConnectionProgress(onAnswer: null),
            cancellationToken
        );
        if (connection is null)
            return Failed(settings, failure!);
        await using var closed = connection;
        _connection = connection.Npgsql;
        var wait = timeout < MaxLockWait ? timeout : MaxLockWait;
        // JIT compilation would take longer than everything done here: seconds, if many servers are compared. Before this statement, the
        // search_path is the database owner's, so nothing may be looked up in it.
        await ExecuteAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false),
                  pg_catalog.set_config('statement_timeout', '{timeout.TotalMilliseconds:0}', false),
                  pg_catalog.set_config('lock_timeout', '{wait.TotalMilliseconds:0}', false),
                  pg_catalog.set_config('default_transaction_read_only', 'off', false),
                  pg_catalog.set_config('default_transaction_isolation', 'read committed', false),
                  pg_catalog.set_config('standard_conforming_strings', 'on', false),
                  pg_catalog.set_config('jit', 'off', false),
                  pg_catalog.set_config('client_min_messages', 'warning', false)
                """
            ),
            cancellationToken
        );
        return await work(this, cancellationToken);
    }

    CatalogFailure Failed(ConnectionSettings settings, ProbeFailure failure) =>
        CatalogFailure.Database($"{settings.Description}: {failure.Reason.Name()} while {_step}: {failure.Message}") with
        {
            IsPrivilege = failure.Reason == FailureReason.Privilege,
        };

    static bool IsEndOfWait(Exception exception) => exception is OperationCanceledException || ProbeFailures.From(exception) is not null;

    // Class 22 (data exception) and 23514 (check constraint): invalid values that this program did not detect itself.
    static bool IsOfData(Exception exception) =>
        exception is PostgresException { SqlState: { } state } && (state.StartsWith("22", StringComparison.Ordinal) || state == "23514");
}
