using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>An open connection; disposing it ends the session.</summary>
internal sealed class OpenConnection(NpgsqlDataSource source, NpgsqlConnection connection) : IAsyncDisposable
{
    public NpgsqlConnection Npgsql => connection;

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await source.DisposeAsync();
    }
}
