using System.Diagnostics;
using BackupMetricsJob.Tests.Support;
using Npgsql;
using Prometheus;

namespace BackupMetricsJob.Tests.Extending;

/// <summary>The code of docs/extending.md, run against a real server and pushed to a real gateway.</summary>
public sealed class FourWaysTests : IAsyncLifetime
{
    readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    PostgresServer _server = null!;
    PushgatewayServer _gateway = null!;
    NpgsqlDataSource _database = null!;

    public async Task InitializeAsync()
    {
        _gateway = await PushgatewayServer.StartAsync();
        _server = await PostgresServer.StartAsync();
        _database = NpgsqlDataSource.Create(
            $"Host={PostgresServer.Host};Port={_server.Port};Username={_server.Options.Superuser};Database=postgres"
        );
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _server.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_value_is_set_and_a_count_goes_up()
    {
        var metrics = Metrics.WithCustomRegistry(_registry);
        var free = metrics.CreateGauge("backup_disk_free_bytes", "Free space where the backups are kept, in bytes.", "path");
        free.WithLabels("/backup").Set(new DriveInfo("/").AvailableFreeSpace);
        var files = metrics.CreateCounter("backup_files_checked_total", "Backup files whose checksum was read again.");
        files.Inc();
        files.Inc(2);

        await PushAsync();

        Assert.True(await ValueAsync("backup_disk_free_bytes") > 0);
        Assert.Equal(3, await ValueAsync("backup_files_checked_total"));
    }

    [Fact]
    public async Task A_callback_reads_the_value_when_it_is_asked_for()
    {
        var connections = Metrics.WithCustomRegistry(_registry).CreateGauge("postgres_connections", "Connections that the server has now.");
        _registry.AddBeforeCollectCallback(async cancel =>
        {
            await using var count = _database.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'");
            connections.Set((long)(await count.ExecuteScalarAsync(cancel))!);
        });

        await PushAsync();
        Assert.Equal(1, await ValueAsync("postgres_connections"));

        await using var another = await _database.OpenConnectionAsync();
        await PushAsync();
        Assert.Equal(2, await ValueAsync("postgres_connections"));
    }

    [Fact]
    public async Task A_timer_measures_what_stands_in_its_block()
    {
        var took = Metrics
            .WithCustomRegistry(_registry)
            .CreateGauge("backup_checkpoint_duration_seconds", "How long the last CHECKPOINT took, in seconds.");
        var sleep = Stopwatch.StartNew();
        using (took.NewTimer())
        {
            await using var checkpoint = _database.CreateCommand("CHECKPOINT; SELECT pg_sleep(0.2)");
            await checkpoint.ExecuteNonQueryAsync();
        }

        var most = sleep.Elapsed.TotalSeconds;
        await PushAsync();

        Assert.InRange(await ValueAsync("backup_checkpoint_duration_seconds"), 0.2, most);
    }

    [Fact]
    public async Task A_collector_of_its_own_has_a_series_for_each_row_and_none_for_a_row_that_is_gone()
    {
        await _server.ExecuteAsync(
            "CREATE TABLE tape (label text PRIMARY KEY, written timestamptz); INSERT INTO tape VALUES ('mon', to_timestamp(1000)), "
                + "('tue', to_timestamp(2000))"
        );
        var tapes = new TapeCollector(_registry, _database);
        Assert.NotNull(tapes);
        await PushAsync();
        Assert.Equal(
            ["mon 1000", "tue 2000"],
            (await _gateway.SamplesAsync("backup_tape_written_timestamp_seconds"))
                .Select(line => line.Split('"')[^2] + " " + line.Split(' ')[^1])
                .Order(StringComparer.Ordinal)
        );

        await _server.ExecuteAsync("DELETE FROM tape WHERE label = 'mon'");
        await PushAsync();

        Assert.Contains(
            "tape=\"tue\"",
            Assert.Single(await _gateway.SamplesAsync("backup_tape_written_timestamp_seconds")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_the_page_shows_is_this_code()
    {
        var code = Words(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "BackupMetricsJob.Tests", "Extending", "FourWaysTests.cs"))
        );
        var blocks = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "extending.md")))
            .Split("```csharp\n")
            .Skip(1)
            .Select(block => block.Split("```")[0])
            .ToArray();

        // The page has variables where the test has fields.
        code = code.Replace("_registry", "registry", StringComparison.Ordinal).Replace("_database", "database", StringComparison.Ordinal);
        Assert.Equal(4, blocks.Length);
        Assert.All(
            blocks,
            block =>
                Assert.Contains(Words(block).Replace("_database", "database", StringComparison.Ordinal), code, StringComparison.Ordinal)
        );
    }

    async Task PushAsync()
    {
        var failures = new List<Exception>();
        using var pusher = new MetricPusher(
            new MetricPusherOptions
            {
                Endpoint = _gateway.Url + "/metrics",
                Job = "ways",
                Registry = _registry,
                ReplaceOnPush = true,
                OnError = failures.Add,
            }
        );
        pusher.Start();
        await pusher.StopAsync();
        Assert.Empty(failures);
    }

    async Task<double> ValueAsync(string name) =>
        double.Parse(Assert.Single(await _gateway.SamplesAsync(name)).Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);

    static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    sealed class TapeCollector
    {
        readonly NpgsqlDataSource _database;
        readonly Gauge _written;

        public TapeCollector(CollectorRegistry registry, NpgsqlDataSource database)
        {
            _database = database;
            _written = Metrics
                .WithCustomRegistry(registry)
                .CreateGauge("backup_tape_written_timestamp_seconds", "When the tape was written, in seconds since 1970.", "tape");
            registry.AddBeforeCollectCallback(CollectAsync);
        }

        async Task CollectAsync(CancellationToken cancel)
        {
            var gone = _written.GetAllLabelValues().Select(values => values[0]).ToHashSet();
            await using var query = _database.CreateCommand("SELECT label, extract(epoch FROM written)::float8 FROM tape");
            await using var rows = await query.ExecuteReaderAsync(cancel);
            while (await rows.ReadAsync(cancel))
            {
                var label = rows.GetString(0);
                gone.Remove(label);
                _written.WithLabels(label).Set(rows.GetDouble(1));
            }

            foreach (var label in gone)
                _written.RemoveLabelled(label);
        }
    }
}
