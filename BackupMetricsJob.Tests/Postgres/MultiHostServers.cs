using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>
/// Hosts of every kind: one with TLS that refuses some users, one without TLS that accepts everyone, its standby, one that does not accept
/// connections now, and three that are not PostgreSQL.
/// </summary>
#pragma warning disable CA1001 // What it owns ends in IAsyncLifetime's DisposeAsync.
public sealed class MultiHostServers : IAsyncLifetime
#pragma warning restore CA1001
{
    SilentServer _hangs = null!;
    SilentServer _closes = null!;
    SilentServer _resets = null!;

    internal PostgresServer First { get; private set; } = null!;

    internal PostgresServer Second { get; private set; } = null!;

    internal PostgresServer Standby { get; private set; } = null!;

    internal PostgresServer NotNow { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _hangs = new();
        _closes = new(Silence.Close);
        _resets = new(Silence.Reset);
        First = await PostgresServer.StartAsync(
            new()
            {
                Tls = true,
                Hba =
                [
                    "host all banned 127.0.0.1/32 reject",
                    "host all scram 127.0.0.1/32 scram-sha-256",
                    "host all all 127.0.0.1/32 trust",
                ],
            }
        );
        Second = await PostgresServer.StartAsync();
        foreach (var server in new[] { First, Second })
            await server.ExecuteAsync(
                "CREATE ROLE trusted LOGIN; CREATE ROLE banned LOGIN; CREATE ROLE scram LOGIN PASSWORD 'right'; CREATE ROLE \"full\" LOGIN"
            );
        await First.ExecuteAsync("ALTER ROLE \"full\" CONNECTION LIMIT 0");
        await Second.ExecuteAsync("CREATE DATABASE only_second");
        Standby = await Second.CreateStandbyAsync();
        NotNow = await PostgresServer.StartAsync();
        await NotNow.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(NotNow.DataDirectory, "standby.signal"), "");
        await File.AppendAllTextAsync(Path.Combine(NotNow.DataDirectory, "postgresql.conf"), "hot_standby = off\n");
        await NotNow.StartAgainAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var server in new[] { Standby, First, Second, NotNow })
            await server.DisposeAsync();
        foreach (var server in new[] { _hangs, _closes, _resets })
            await server.DisposeAsync();
    }

    internal string Fill(string text) =>
        text.Replace("FIRST", $"{First.Port}", StringComparison.Ordinal)
            .Replace("SECOND", $"{Second.Port}", StringComparison.Ordinal)
            .Replace("STANDBY", $"{Standby.Port}", StringComparison.Ordinal)
            .Replace("NOTNOW", $"{NotNow.Port}", StringComparison.Ordinal)
            .Replace("HANGS", $"{_hangs.Port}", StringComparison.Ordinal)
            .Replace("CLOSES", $"{_closes.Port}", StringComparison.Ordinal)
            .Replace("RESETS", $"{_resets.Port}", StringComparison.Ordinal);
}
