using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// One PostgreSQL for the tests of a class. Each leaves the server as it found it, but for roles and databases whose names no other test of
/// the class uses. A test that needs another server (its settings, its WAL, its backups, its end) starts one for itself.
/// </summary>
public sealed class SharedPostgres : IAsyncLifetime
{
    internal PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

/// <summary>As <see cref="SharedPostgres"/>, and it archives its WAL. No base backup was ever taken of it.</summary>
public sealed class SharedArchivingPostgres : IAsyncLifetime
{
    internal PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartAsync(new() { Archiving = true });

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
