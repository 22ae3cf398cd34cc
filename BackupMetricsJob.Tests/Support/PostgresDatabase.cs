using Npgsql;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// A database that a test has to itself, in a server that it does not: its schemas, tables and settings are its own; roles, the server's
/// settings, its files and its WAL are everybody's. It is gone when disposed (<see cref="PostgresServer.Database"/> is not).
/// </summary>
internal sealed class PostgresDatabase(PostgresServer server, string name, Func<Task>? drop = null) : IAsyncDisposable
{
    public string Name => name;

    public int Port => server.Port;

    public string Superuser => server.Options.Superuser;

    /// <summary>libpq's URI of this database, by TCP: <see cref="PostgresServer.ConnectionUri"/>.</summary>
    public string ConnectionUri(string? user = null, string? password = null) => server.ConnectionUri(user, name, password);

    /// <summary>A session of its own, and a new one.</summary>
    public Task<NpgsqlConnection> OpenAsync() => server.OpenAsync(name);

    /// <summary>Runs one or more statements.</summary>
    public Task ExecuteAsync(string sql) => server.ExecuteAsync(sql, name);

    /// <summary>The first column of the first row; an error if there is none or it is null.</summary>
    public Task<T> ScalarAsync<T>(string sql) => server.ScalarAsync<T>(sql, name);

    /// <summary>The first column of every row.</summary>
    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql) => server.QueryAsync<T>(sql, name);

    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read) => server.QueryAsync(sql, read, name);

    /// <summary>Waits until a query gives true.</summary>
    public Task WaitForAsync(string description, string sql, TimeSpan? deadline = null) =>
        server.WaitForAsync(description, sql, deadline, name);

    public async ValueTask DisposeAsync()
    {
        if (drop is not null)
            await drop();
    }
}
