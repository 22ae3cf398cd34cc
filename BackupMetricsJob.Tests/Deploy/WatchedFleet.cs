using System.Globalization;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// Seven databases, with every verdict that a dashboard shows, asked again and again by the real job: orders is well (and has all that a
/// catalogue can say), billing is too late, invoices is late, shop does not archive, fresh has no backup, ledger has a fresh one that is of
/// no use, stock answers no more. Ready when Prometheus has all of it.
/// </summary>
public sealed class WatchedFleet : IAsyncLifetime
{
    PostgresServer? _archiving;
    PostgresServer? _broken;
    PostgresServer? _stopped;
    Monitoring? _monitoring;
    ChildProcess? _job;

    public static IReadOnlyList<string> Instances { get; } = ["billing", "fresh", "invoices", "ledger", "orders", "shop", "stock"];

    internal PrometheusServer Prometheus => _monitoring!.Prometheus;

    internal Monitoring Monitoring => _monitoring!;

    public async Task InitializeAsync()
    {
        _archiving = await PostgresServer.StartAsync(new() { Archiving = true });
        _broken = await PostgresServer.StartAsync(new() { Archiving = true, Settings = { ["archive_command"] = "/bin/false" } });
        _stopped = await PostgresServer.StartAsync();
        await BackupMetrics.RunAsync("catalog", "init", "--connection", _archiving.ConnectionUri());
        await _archiving.ExecuteAsync(History);
        await BackupMetrics.RunAsync(
            ["import", "archive", "--server", "ledger", "--connection", _archiving.ConnectionUri()],
            null,
            Listing()
        );
        await _archiving.BaseBackupAsync();
        await _archiving.WaitForArchivedAsync(await _archiving.SwitchWalAsync());
        await _broken.SwitchWalAsync();
        await _broken.WaitForAsync("a failure of the archiver", "SELECT failed_count > 0 FROM pg_stat_archiver");

        _monitoring = await Monitoring.StartAsync();
        var settings = Path.Combine(RunFolder.NewFolder("fleet"), "fleet.yaml");
        await File.WriteAllTextAsync(settings, Settings());
        _job = BackupMetrics.Start(["schedule", "--config", settings]);
        await _monitoring.Prometheus.WaitForAsync(
            "postgres_backup:last_success_timestamp_seconds{instance=\"billing\"} and on () (count(postgres_backup_source_success) >= 8)"
        );
        await _monitoring.Prometheus.WaitForAsync("postgres_backup_probe_timestamp_seconds{instance=\"stock\"}");
        await _stopped.StopAsync();
        // A run that comes while it shuts down hears that it is busy.
        await _monitoring.Prometheus.WaitForAsync("postgres_backup_probe_failure{instance=\"stock\",reason=\"refused\"}");
        await _monitoring.Prometheus.WaitForAsync("count(ALERTS{alertstate=\"firing\"}) > 3");
        await _monitoring.Prometheus.WaitForAsync(
            "postgres_backup_verdict{instance=\"stock\"} == 3 and on () (count(postgres_backup_verdict == 2) >= 4)"
        );
    }

    public async Task DisposeAsync()
    {
        if (_job is not null)
            await _job.DisposeAsync();
        if (_monitoring is not null)
            await _monitoring.DisposeAsync();
        if (_stopped is not null)
            await _stopped.DisposeAsync();
        if (_broken is not null)
            await _broken.DisposeAsync();
        if (_archiving is not null)
            await _archiving.DisposeAsync();
    }

    string Settings() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            cron: "*/2 * * * * ?"
            gateway:
              url: {{_monitoring!.Gateway.Url}}
            defaults:
              max_age:
                full: {warning: 26h, critical: 50h}
                base: none
                restore_test: {warning: 90d}
            targets:
            - name: orders
              connection: {{_archiving!.ConnectionUri()}}
              labels: {team: payments}
              sources:
              - server
              - catalog: {servers: [orders, billing, invoices, ledger, shop]}
            - name: fresh
              connection: {{_broken!.ConnectionUri()}}
            - name: shop
              connection: {{_broken.ConnectionUri()}}
              copies: 1
              labels: {team: payments}
            - name: stock
              connection: {{_stopped!.ConnectionUri()}}
            """
        );

    // Nothing of it is older than it says, whenever the test runs.
    const string History = """
        INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, started_at, finished_at, size_bytes, stored_bytes, start_lsn, timeline, has_errors)
        SELECT 'orders', 'pgbackrest', 'full', 'full-' || day, 'done', now() - (day || ' d 3 h')::interval, now() - (day || ' d 2 h 18 min')::interval, 412e9 - day * 2e9, 97e9 - day * 1e9,
          pg_current_wal_lsn(), 1, false
        FROM generate_series(0, 6) AS day;
        INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, started_at, finished_at, size_bytes, stored_bytes, parent_id, start_lsn, timeline) VALUES
          ('orders', 'pgbackrest', 'incr', 'incr-1', 'done', now() - interval '65 min', now() - interval '1 h', 3e9, 8e8, 'full-0', pg_current_wal_lsn(), 1);
        INSERT INTO backup_metrics.backup_catalog (server, tool, kind, storage, backup_id, status, started_at, finished_at, size_bytes, stored_bytes)
          VALUES ('orders', 'pgbackrest', 'full', 'repo2', 'full-copy', 'done', now() - interval '35 h', now() - interval '34 h', 411e9, 97e9);
        INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, started_at, finished_at, size_bytes, stored_bytes, parent_id) VALUES
          ('orders', 'pgbackrest', 'full', 'full-failed', 'failed', now() - interval '9 d', now() - interval '9 d', NULL, NULL, NULL),
          ('orders', 'pgbackrest', 'full', 'full-now', 'running', now() - interval '10 min', NULL, NULL, NULL, NULL),
          ('orders', 'pgbackrest', 'restore_test', 'test-1', 'done', now() - interval '20 d', now() - interval '20 d', NULL, NULL, 'full-0'),
          ('ledger', 'pgbackrest', 'incr', 'incr-1', 'done', now() - interval '65 min', now() - interval '1 h', 3e9, 8e8, 'gone'),
          ('billing', 'barman', 'full', 'full-1', 'done', now() - interval '75 h', now() - interval '74 h 12 min', 88e9, 31e9, NULL),
          ('invoices', 'barman', 'full', 'full-1', 'done', now() - interval '31 h', now() - interval '30 h', 5e9, 2e9, NULL),
          ('shop', 'wal-g', 'full', 'full-1', 'done', now() - interval '8 h', now() - interval '7 h 30 min', 21e9, 6e9, NULL);
        INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, started_at, finished_at, size_bytes, stored_bytes, start_lsn, stop_lsn, timeline, has_errors)
        SELECT 'ledger', 'pgbackrest', 'full', 'full-' || day, 'done', now() - (day || ' d 3 h')::interval, now() - (day || ' d 2 h 18 min')::interval,
          CASE day WHEN 0 THEN 2e9 ELSE 8e9 END, 1e9, '0/5000028', '0/6000100', 1, day = 0
        FROM generate_series(0, 4) AS day;
        INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, started_at, finished_at, raw) VALUES
          ('ledger', 'pgbackrest', 'restore_test', 'drill-1', 'done', now() - interval '3 d', now() - interval '3 d',
           '{"phases": {"fetch": 200, "replay": 50, "check": 7}, "shortfall_seconds": 44}');
        """;

    // Segment 6 is missing, in which the backups end.
    static string Listing()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return string.Concat(
            new[] { 5, 7, 8 }.Select(segment =>
                string.Create(CultureInfo.InvariantCulture, $"{now - 600 + segment}.0 16777216 0000000100000000{segment:X8}\n")
            )
        );
    }
}
