using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// One connection that may write, for the time that one command takes: it always comes back within its time, and what the database or the
/// input refuses is a value. What is not committed by then is undone by the server.
/// </summary>
internal sealed class CatalogSession
{
    static readonly TimeSpan MaxConnect = TimeSpan.FromSeconds(15);
    static readonly TimeSpan MaxLockWait = TimeSpan.FromSeconds(30);

    volatile string _step = "connecting";
    NpgsqlConnection? _connection;

    public NpgsqlConnection Connection => _connection ?? throw new InvalidOperationException("The session is not open yet.");

    /// <summary>What is being done now, for the message if it does not end.</summary>
    public string Step
    {
        set => _step = value;
    }

    /// <summary>Whether values of the input are being stored: what the server says is wrong with them is then the input's fault.</summary>
    public bool StoresInput { get; set; }

    /// <param name="settings">The database.</param>
    /// <param name="timeout">How long all of it may take, a day at most.</param>
    /// <param name="work">What is done. Null from it is success.</param>
    /// <param name="stop">Ends it at once.</param>
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
            // Neither Npgsql before a server's first byte nor a read from a pipe looks at the token: the wait itself must end.
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
    /// The same in a database that has the catalogue that this program knows; in another one it is a failure, and nothing is done.
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

    /// <summary>A command with its parameters in the order of $1, $2 and so on; null is NULL.</summary>
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
        // Compiling takes longer than all that is done here: seconds, where many servers are compared. Until this has ended, the
        // search_path is the one that the owner of the database chose: nothing may be looked up in it.
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

    // Class 22, data exception, and 23514, a rule of the table: what we did not find wrong ourselves.
    static bool IsOfData(Exception exception) =>
        exception is PostgresException { SqlState: { } state } && (state.StartsWith("22", StringComparison.Ordinal) || state == "23514");
}
