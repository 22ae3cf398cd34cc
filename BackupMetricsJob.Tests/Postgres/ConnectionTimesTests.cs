using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>
/// How long a connection is waited for, and how the time is divided among several hosts. It is measured, so these tests run alone.
/// </summary>
#pragma warning disable CA1001 // What it owns ends in IAsyncLifetime's DisposeAsync.
[Collection(ServersForTestsAlone.Name)]
public sealed class ConnectionTimesTests(ServersForTestsAlone servers) : IAsyncLifetime
#pragma warning restore CA1001
{
    const string Two = "host=127.0.0.1,127.0.0.1 dbname=postgres";

    SilentServer _hangs = null!;

    public Task InitializeAsync()
    {
        _hangs = new();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _hangs.DisposeAsync();

    [Fact]
    public async Task A_silent_first_host_leaves_time_for_the_second()
    {
        var clock = Stopwatch.StartNew();
        await using var connection = await OpenAsync(Two + " port=HANGS,SECOND user=trusted", TimeSpan.FromSeconds(4));

        Assert.NotNull(connection);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(3.9));
    }

    [Fact]
    public async Task What_was_tried_is_told_while_another_is_waited_for()
    {
        var reading = new ConnectionProgress(onAnswer: null);
        await using var connection = await OpenAsync(
            "host=127.0.0.1,127.0.0.1,127.0.0.1 dbname=postgres port=1,HANGS,SECOND user=trusted connect_timeout=1",
            TimeSpan.FromSeconds(9),
            reading
        );

        Assert.NotNull(connection);
        Assert.Equal($"127.0.0.1:{servers.WithoutTls.Port}", reading.Host);
        Assert.StartsWith(
            Fill(
                "connecting to 127.0.0.1:SECOND (127.0.0.1:1: Failed to connect to 127.0.0.1:1: Connection refused; 127.0.0.1:HANGS: "
                    + "no answer within 1 s (connect_timeout))"
            ),
            reading.Step,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_server_that_says_nothing_has_not_answered_and_one_that_refuses_has()
    {
        foreach (
            var (text, hasAnswered) in new[]
            {
                ("port=HANGS user=trusted", false),
                ("port=1 user=trusted", false),
                ("port=FIRST user=trusted", true),
                ("port=SECOND user=scram password=x sslmode=disable", true),
            }
        )
        {
            var calls = 0;
            var reading = new ConnectionProgress(() => calls++);
            await using var connection = await OpenAsync("host=127.0.0.1 dbname=postgres " + text, TimeSpan.FromSeconds(0.2), reading);

            Assert.Equal(hasAnswered ? 1 : 0, calls);
        }
    }

    [Fact]
    public async Task A_silent_server_is_left_after_the_shorter_of_the_timeouts()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        var clock = Stopwatch.StartNew();
        Assert.Contains(
            "Timeout",
            (await NpgsqlDataSourceSession.Ask($"host=127.0.0.1 port={port} user=u connect_timeout=1", null, "/nonexistent")).Error,
            StringComparison.OrdinalIgnoreCase
        );
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(8));
    }

    async Task<OpenConnection?> OpenAsync(string text, TimeSpan timeout, ConnectionProgress? reading = null) =>
        (
            await MultiHostConnector.OpenAsync(
                Parsed.From(Fill(text)).Settings,
                timeout,
                new RunClock(TimeProvider.System),
                reading ?? new ConnectionProgress(onAnswer: null),
                CancellationToken.None
            )
        ).Connection;

    string Fill(string text) =>
        text.Replace("FIRST", $"{servers.WithTls.Port}", StringComparison.Ordinal)
            .Replace("SECOND", $"{servers.WithoutTls.Port}", StringComparison.Ordinal)
            .Replace("HANGS", $"{_hangs.Port}", StringComparison.Ordinal);
}
