using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;

namespace BackupMetricsJob.Tests.Support;

// What a test asks and tells the server: as superuser, by the Unix socket. Where no database is named, an idle session of `postgres`
// remains for the next call, since a new one costs a process and its caches; so does one of a PostgresDatabase. Where another is named,
// the session is new and does not remain; OpenAsync is always new.
internal sealed partial class PostgresServer
{
    const string Postgres = "postgres";

    readonly ConcurrentDictionary<string, NpgsqlDataSource> _sessions = new();
    int _databases;

    /// <summary>The database that every server has.</summary>
    public PostgresDatabase Database => new(this, Postgres);

    /// <summary>A new database, a copy of this one, which no test may be connected to.</summary>
    public async Task<PostgresDatabase> CreateDatabaseAsync(string template = "template1")
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"own{Interlocked.Increment(ref _databases)}");
        if (_sessions.TryGetValue(template, out var idle))
            idle.Clear();
        // Files are copied in less time than it takes to log their content, which is the default since 15.
        var strategy = Options.Version >= 15 ? " STRATEGY file_copy" : "";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template}{strategy}");
        _sessions[name] = DataSource(name, pooled: true);
        return new(this, name, () => DropDatabaseAsync(name));
    }

    /// <summary>A session of its own, and a new one.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string? database = null)
    {
        await using var source = DataSource(database ?? Postgres, pooled: false);
        return await source.OpenConnectionAsync();
    }

    // The idle session is gone where the server was stopped, or where the test ended it.
    async Task<NpgsqlConnection> SessionAsync(string? database)
    {
        if (database is null)
            _sessions.GetOrAdd(Postgres, name => DataSource(name, pooled: true));
        if (!_sessions.TryGetValue(database ?? Postgres, out var sessions))
            return await OpenAsync(database);
        var session = sessions.CreateConnection();
        try
        {
            await session.OpenAsync();
            await using var nothing = Command(session, "SELECT");
            await nothing.ExecuteNonQueryAsync();
            return session;
        }
        catch (NpgsqlException)
        {
            await session.DisposeAsync();
            return await OpenAsync(database);
        }
    }

    // With whatever a test has left connected to it.
    async Task DropDatabaseAsync(string name)
    {
        if (_sessions.TryRemove(name, out var sessions))
            await sessions.DisposeAsync();
        await ExecuteAsync($"DROP DATABASE {name} WITH (FORCE)");
    }

    NpgsqlDataSource DataSource(string database, bool pooled)
    {
        var builder = new NpgsqlSlimDataSourceBuilder
        {
            ConnectionStringBuilder =
            {
                Host = SocketDirectory,
                Port = Port,
                Username = Options.Superuser,
                Database = database,
                Pooling = pooled,
                IncludeErrorDetail = true,
            },
        };
        builder.EnableArrays();
        // The tests read no types of their own, and a new server would be asked for all that it has.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }

    /// <summary>Runs one or more statements.</summary>
    public async Task ExecuteAsync(string sql, string? database = null)
    {
        await using var connection = await SessionAsync(database);
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row; an error if there is none or it is null.</summary>
    public async Task<T> ScalarAsync<T>(string sql, string? database = null) =>
        (await QueryAsync(sql, row => row.GetFieldValue<T>(0), database)) is [var first, ..]
            ? first
            : throw new InvalidOperationException("No row came back from: " + sql);

    /// <summary>The first column of every row.</summary>
    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, string? database = null) =>
        QueryAsync(sql, row => row.GetFieldValue<T>(0), database);

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, string? database = null)
    {
        await using var connection = await SessionAsync(database);
        await using var command = Command(connection, sql);
        await using var reader = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Waits until a query gives true. It asks in one session: a new one each time would keep a processor busy.</summary>
    public async Task WaitForAsync(string description, string sql, TimeSpan? deadline = null, string? database = null)
    {
        await using var connection = await SessionAsync(database);
        await using var command = Command(connection, sql);
        await WaitForAsync(description, async () => (bool)(await command.ExecuteScalarAsync())!, deadline);
    }

    /// <summary>Waits until a condition holds; a failure shows the end of the server's log.</summary>
    public Task WaitForAsync(string description, Func<Task<bool>> condition, TimeSpan? deadline = null) =>
        Wait.ForAsync(description, condition, deadline, () => Log[^Math.Min(Log.Length, 4000)..]);

    /// <summary>ALTER SYSTEM (null: RESET), and returns when new sessions see it. Throws if the setting needs a restart.</summary>
    public async Task SetAsync(string setting, string? value)
    {
        await ExecuteAsync(
            value is null
                ? $"ALTER SYSTEM RESET {setting}"
                : $"ALTER SYSTEM SET {setting} = '{value.Replace("'", "''", StringComparison.Ordinal)}'"
        );
        await ReloadAsync();
        if (await ScalarAsync<bool>($"SELECT pending_restart FROM pg_settings WHERE name = '{setting}'"))
            throw new InvalidOperationException(
                $"{setting} is read at the start only: give it in PostgresOptions.Settings, or StopAsync and StartAgainAsync."
            );
    }

    /// <summary>Replaces pg_hba.conf and returns when new connections follow it. The superuser's Unix socket stays open.</summary>
    public async Task HbaAsync(params string[] lines)
    {
        await WriteHbaAsync(lines);
        await ReloadAsync();
        var errors = await QueryAsync<string>("SELECT error FROM pg_hba_file_rules WHERE error IS NOT NULL");
        if (errors is [var first, ..])
            throw new ArgumentException($"PostgreSQL refuses a line of pg_hba.conf: {first}", nameof(lines));
    }

    async Task ReloadAsync()
    {
        var before = await ScalarAsync<DateTime>("SELECT pg_conf_load_time()");
        await ExecuteAsync("SELECT pg_reload_conf()");
        await WaitForAsync(
            "the configuration to be read again",
            async () => await ScalarAsync<DateTime>("SELECT pg_conf_load_time()") > before
        );
    }

    // Written over, not replaced: the file keeps its owner, the server's user.
    Task WriteHbaAsync(IEnumerable<string> lines) =>
        File.WriteAllLinesAsync(
            Path.Combine(DataDirectory, "pg_hba.conf"),
            [$"local all \"{Options.Superuser}\" trust", $"local replication \"{Options.Superuser}\" trust", .. lines]
        );

    [SuppressMessage(
        "Security",
        "CA2100:Review SQL queries for security vulnerabilities",
        Justification = "The tests' own SQL on the tests' own server."
    )]
    static NpgsqlCommand Command(NpgsqlConnection connection, string sql) => new(sql, connection);
}
