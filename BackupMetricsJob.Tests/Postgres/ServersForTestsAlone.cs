using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>For tests beside which no other may run: they change the environment of this process, or measure times.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ServersForTestsAlone : ICollectionFixture<ServersForTestsAlone>, IAsyncLifetime
{
    internal const string Name = "Alone";

    internal const string ScramPassword = "pa:ss w\\o'rd@/";

    internal PostgresServer WithTls { get; private set; } = null!;

    internal PostgresServer WithoutTls { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        WithTls = await StartAsync(tls: true);
        WithoutTls = await StartAsync(tls: false);
    }

    public async Task DisposeAsync()
    {
        await WithTls.DisposeAsync();
        await WithoutTls.DisposeAsync();
    }

    static async Task<PostgresServer> StartAsync(bool tls)
    {
        var server = await PostgresServer.StartAsync(
            new() { Tls = tls, Hba = ["host all scram 127.0.0.1/32 scram-sha-256", "host all all 127.0.0.1/32 trust"] }
        );
        await server.ExecuteAsync(
            $"CREATE ROLE trusted LOGIN; CREATE ROLE scram LOGIN PASSWORD '{ScramPassword.Replace("'", "''", StringComparison.Ordinal)}'"
        );
        await server.ExecuteAsync("CREATE DATABASE trusted");
        await server.ExecuteAsync("CREATE DATABASE scram");
        return server;
    }
}
