using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;
using Npgsql;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Behind PgBouncer a probe is as good as without it, and what PgBouncer itself refuses, with one SQLSTATE for everything, is told apart.
/// </summary>
#pragma warning disable CA1001 // What it owns ends in IAsyncLifetime's DisposeAsync.
public sealed class PgBouncerTests(SharedArchivingPostgres shared) : IClassFixture<SharedArchivingPostgres>, IAsyncLifetime
#pragma warning restore CA1001
{
    readonly PostgresServer _server = shared.Server;
    PgBouncerServer _bouncer = null!;

    public async Task InitializeAsync() => _bouncer = await PgBouncerServer.StartAsync(_server);

    public async Task DisposeAsync() => await _bouncer.DisposeAsync();

    [Fact]
    public async Task A_probe_through_it_is_whole()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var bouncer = await PgBouncerServer.StartAsync(server);
        await server.BaseBackupAsync();

        var result = await Probe.OfAsync(bouncer.Uri("postgres"));

        Assert.Null(result.Failure);
        Assert.Single(result.Backups);
        Assert.NotNull(result.Server!.Wal);
    }

    [Theory]
    [InlineData("nothing", "", FailureReason.Database, "no such database: nothing", "[databases]")]
    [InlineData("gone", "", FailureReason.Database, "database \"nothing\" does not exist", "[databases]")]
    [InlineData("down", "", FailureReason.Timeout, "query_wait_timeout", "check that the server is up")]
    [InlineData("postgres", "?options=-c%20geqo%3Doff", FailureReason.Sql, "unsupported startup parameter", "ignore_startup_parameters")]
    [InlineData("ghost", "", FailureReason.Auth, "role \"ghost\" does not exist", "the pooler logs in as")]
    [InlineData("statement", "", FailureReason.Sql, "statement pooling mode", "pool_mode")]
    public async Task What_it_refuses_has_its_own_reason(string database, string more, object reason, string words, string advice)
    {
        var result = await Probe.OfAsync(_bouncer.Uri(database) + more);

        Assert.Equal(reason, result.Failure!.Reason);
        Assert.Contains(words, result.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(advice, Findings.For(result)[0].Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_that_is_used_up_is_a_timeout_and_a_pooler_that_is_full_is_busy()
    {
        await using var first = await HoldAsync();
        await using var transaction = await first.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("SELECT 1", first, transaction);
        await command.ExecuteScalarAsync();

        var waited = await Probe.OfAsync(_bouncer.Uri("small"));
        Assert.Equal(FailureReason.Timeout, waited.Failure!.Reason);

        await using var second = await HoldAsync("postgres");
        await using var third = await HoldAsync("postgres");
        var full = await Probe.OfAsync(_bouncer.Uri("postgres"));
        Assert.Equal(FailureReason.Busy, full.Failure!.Reason);
        Assert.Contains("max_client_conn", full.Failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_one_and_names_the_role()
    {
        await using var strict = await PgBouncerServer.StartAsync(_server, "scram-sha-256");
        foreach (var (user, password) in new[] { ("postgres", "wrong"), ("nobody", "secret") })
        {
            var result = await Probe.OfAsync(strict.Uri("postgres", user, password));

            Assert.Equal(FailureReason.Auth, result.Failure!.Reason);
            Assert.Contains($"role {user}: ", result.Failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pooler_that_asks_for_TLS_says_so()
    {
        await using var strict = await PgBouncerServer.StartAsync(_server, tls: true);

        var result = await Probe.OfAsync(strict.Uri("postgres") + "?sslmode=disable");

        Assert.Equal(FailureReason.Tls, result.Failure!.Reason);
        Assert.Contains("SSL required", result.Failure.Message, StringComparison.Ordinal);
        Assert.Null((await Probe.OfAsync(strict.Uri("postgres") + "?sslmode=require")).Failure);
    }

    async Task<NpgsqlConnection> HoldAsync(string database = "small")
    {
        var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={_bouncer.Port};Username=postgres;Password=secret;Database={database};Pooling=false;No "
                + "Reset On Close=true"
        );
        await connection.OpenAsync();
        return connection;
    }
}
