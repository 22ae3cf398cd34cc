using Npgsql;

namespace BackupMetricsJob.Probing;

/// <summary>A connection that is open; disposing it ends the session.</summary>
internal sealed class OpenConnection(NpgsqlDataSource source, NpgsqlConnection connection) : IDisposable
{
    public NpgsqlConnection Npgsql => connection;

    public void Dispose()
    {
        connection.Dispose();
        source.Dispose();
    }
}
