using System.Text;
using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Running;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// A fleet in which everything that can go wrong with a target does, at once: each is told of by itself, and those that are well are well.
/// </summary>
public sealed class FleetFailuresTests
{
    const string Password = "Geh3im~wort";

    [Fact]
    public async Task Each_failure_stays_with_its_target_and_the_output_is_the_same_twice()
    {
        await using var silent = new SilentServer();
        await using var resets = new SilentServer(Silence.Reset);
        await using var server = await PostgresServer.StartAsync(
            new()
            {
                Archiving = true,
                Hba = ["local all all trust", "host all guarded 127.0.0.1/32 scram-sha-256", "host all all 127.0.0.1/32 trust"],
            }
        );
        await server.ExecuteAsync(
            $"CREATE ROLE guarded LOGIN PASSWORD '{Password}' IN ROLE pg_monitor; CREATE ROLE nobody LOGIN; "
                + "CREATE ROLE crowd LOGIN CONNECTION LIMIT 0; CREATE TABLE locked (type text, finished_at timestamptz)"
        );
        await using var locker = await server.OpenAsync();
        await using var transaction = await locker.BeginTransactionAsync();
        await using var command = new Npgsql.NpgsqlCommand("LOCK TABLE locked", locker);
        await command.ExecuteNonQueryAsync();
        string[] both = [SourceName.Server, SourceName.Query];
        MonitoredTarget[] targets =
        [
            Jobs.Target("well", server.ConnectionUri("guarded", password: Password)),
            Jobs.Target("dns", "postgresql://u@nowhere.invalid/x"),
            Jobs.Target("refused", "postgresql://u@127.0.0.1:1/x"),
            Jobs.Target("network", $"postgresql://u@127.0.0.1:{resets.Port}/x"),
            Jobs.Target("timeout", $"postgresql://u@127.0.0.1:{silent.Port}/x", timeout: 2),
            Jobs.Target("timeout-locked", server.ConnectionUri(), sources: both, query: "TABLE locked"),
            Jobs.Target("tls", server.ConnectionUri() + "?sslmode=require"),
            Jobs.Target("auth", server.ConnectionUri("guarded", password: Password + "x")),
            Jobs.Target("database", server.ConnectionUri(database: "nothing")),
            Jobs.Target("busy", server.ConnectionUri("crowd")),
            Jobs.Target("privilege", server.ConnectionUri("nobody")),
            Jobs.Target(
                "sql",
                server.ConnectionUri(),
                sources: both,
                query: "SELECT 'base' AS type, now() AS finished_at FROM no_such_table"
            ),
            Jobs.Target(
                "bad_data",
                server.ConnectionUri(),
                sources: both,
                query: "SELECT 'base' AS type, 'infinity'::timestamptz AS finished_at"
            ),
            Jobs.Target("cancelled", $"postgresql://u@127.0.0.1:{silent.Port}/x", timeout: 50),
            Jobs.Target("auth-unusable", "postgresql://u@127.0.0.1:1/x") with
            {
                Target = null,
                Failure = new(FailureReason.Auth, "its password file is not there"),
            },
            Jobs.Target("last", server.ConnectionUri()),
        ];

        var (report, text) = await WriteAsync(Jobs.Of(targets) with { Concurrency = 3 });

        foreach (var result in report.Results)
        {
            var name = result.Instance.Name;
            var expected = name is "well" or "last" ? null : name.Split('-')[0];
            Assert.True(expected == result.Failure?.Reason.Name(), $"{name}: {result.Failure}");
            Assert.Contains(
                $"postgres_backup_probe_success{{instance=\"{name}\",team=\"{name}\"}} {(expected is null ? 1 : 0)}\n",
                text,
                StringComparison.Ordinal
            );
            if (expected is not null)
                Assert.Contains(
                    $"postgres_backup_probe_failure{{instance=\"{name}\",reason=\"{expected}\",team=\"{name}\"}} 1\n",
                    Sorted(text),
                    StringComparison.Ordinal
                );
            Assert.Contains(
                $"postgres_backup_max_age_seconds{{instance=\"{name}\",severity=\"critical\",team=\"{name}\",type=\"base\"}} 180000\n",
                Sorted(text),
                StringComparison.Ordinal
            );
        }

        Assert.Equal(targets.Select(target => target.Instance.Name), report.Results.Select(result => result.Instance.Name));
        Assert.Contains("backup_metrics_targets{state=\"failed\"} 14\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Password,
            text + string.Join('\n', report.Results.Select(result => result.ToString())),
            StringComparison.Ordinal
        );

        // A source that failed takes nothing with it of the one that did not.
        foreach (var name in new[] { "timeout-locked", "sql", "bad_data" })
        {
            Assert.Contains(
                $"postgres_backup_source_success{{instance=\"{name}\",source=\"server\",team=\"{name}\"}} 1\n",
                Sorted(text),
                StringComparison.Ordinal
            );
            Assert.Contains(
                $"postgres_backup_source_success{{instance=\"{name}\",source=\"query\",team=\"{name}\"}} 0\n",
                Sorted(text),
                StringComparison.Ordinal
            );
            Assert.Contains(
                $"postgres_wal_directory_bytes{{instance=\"{name}\",team=\"{name}\"}} ",
                Sorted(text),
                StringComparison.Ordinal
            );
        }

        Assert.All(
            text.Split('\n').Where(line => line.Contains("instance=", StringComparison.Ordinal)),
            line =>
                Assert.Equal(
                    Regex.Match(line, "instance=\"([^\"]*)\"").Groups[1].Value,
                    Regex.Match(line, "team=\"([^\"]*)\"").Groups[1].Value
                )
        );

        var (_, again) = await WriteAsync(Jobs.Of(targets) with { Concurrency = 16 });
        Assert.Equal(WithoutTimes(text), WithoutTimes(again));
    }

    [Fact]
    public async Task How_a_connection_is_made_is_told_where_it_is_asked_for()
    {
        await using var server = await PostgresServer.StartAsync(new() { Tls = true });
        await server.ExecuteAsync("CREATE ROLE \"Night\" LOGIN");
        var job = Jobs.Of(
            Jobs.Target("tls", server.ConnectionUri("Night")),
            Jobs.Target("plain", server.ConnectionUri() + "?sslmode=disable"),
            Jobs.Target(
                "second",
                $"host=127.0.0.1,127.0.0.1 port=1,{server.Port} user=postgres dbname=postgres",
                sources: [SourceName.PgWatch]
            ),
            Jobs.Target("down", "postgresql://u@127.0.0.1:1/x")
        );

        var inspected = await JobRun.ProbeAsync(job, TimeProvider.System, CancellationToken.None, inspect: true);
        var ordinary = await JobRun.ProbeAsync(job, TimeProvider.System, CancellationToken.None);

        var version = await server.ScalarAsync<int>("SELECT current_setting('server_version_num')::int");
        Assert.Equal(
            new ConnectedServer($"127.0.0.1:{server.Port}", version, "\"Night\"", false) { Tls = new("TLSv1.3", "TLS_AES_256_GCM_SHA384") },
            inspected.Results[0].ConnectedTo
        );
        Assert.Equal(new ConnectedServer($"127.0.0.1:{server.Port}", version, "postgres", false), inspected.Results[1].ConnectedTo);
        Assert.Equal($"127.0.0.1:{server.Port}", inspected.Results[2].ConnectedTo?.Host);
        Assert.NotNull(inspected.Results[2].ConnectedTo?.Tls);
        Assert.Null(inspected.Results[3].ConnectedTo);
        Assert.Equal(inspected.Results[0].ConnectedTo! with { Tls = null }, ordinary.Results[0].ConnectedTo);
    }

    /// <summary>Stops the run when only the last is still waited for.</summary>
    static async Task<(RunReport Report, string Text)> WriteAsync(JobOptions job)
    {
        using var stop = new CancellationTokenSource();
        using var text = new MemoryStream();
        var progress = new RunProgress(TimeProvider.System);
#pragma warning disable CA2025 // It is waited for.
        var run = JobRun.DryRunAsync(job, new("1.2.3", "abc"), TimeProvider.System, text, stop.Token, progress);
#pragma warning restore CA2025
        await Wait.ForAsync("all but one", () => progress.Now.Done == job.Targets.Count - 1, state: () => progress.Now.ToString());
        await stop.CancelAsync();
        return (await run, Encoding.UTF8.GetString(text.ToArray()));
    }

    /// <summary>The labels of each sample in the order of their names.</summary>
    static string Sorted(string text) =>
        Regex.Replace(
            text,
            "\\{([^}]*)\\}",
            labels => "{" + string.Join(',', labels.Groups[1].Value.Split(',').Order(StringComparer.Ordinal)) + "}"
        );

    /// <summary>What may differ between two runs: moments, durations, the offset of clocks, and what a server wrote meanwhile.</summary>
    static string WithoutTimes(string text) =>
        Regex.Replace(
            text,
            "(?m)^(\\w*(?:timestamp_seconds|duration_seconds|offset_seconds|age_seconds|_bytes|_segments|_total)(?:\\{[^}]*\\})?) .*$",
            match => match.Value.Contains("max_age_seconds", StringComparison.Ordinal) ? match.Value : match.Groups[1].Value
        );
}
