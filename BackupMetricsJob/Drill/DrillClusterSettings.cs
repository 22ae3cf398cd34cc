using System.Globalization;

namespace BackupMetricsJob.Drill;

/// <summary>The whole postgresql.conf of the throw-away server: with none of the lost server's settings, it can hurt nobody.</summary>
/// <param name="SocketDirectory">The only way in.</param>
/// <param name="Port">In the name of the socket.</param>
/// <param name="Version">PostgreSQL's major version.</param>
/// <param name="Preload">Libraries that the cluster cannot be read without; empty for none.</param>
internal sealed record DrillClusterSettings(string SocketDirectory, int Port, int Version, string Preload)
{
    /// <param name="walCommand">Where WAL comes from; null for a cluster that does not recover.</param>
    public string Text(string? walCommand)
    {
        Dictionary<string, string> settings = new()
        {
            // Nothing leaves this cluster, and nothing comes in.
            ["listen_addresses"] = "",
            ["unix_socket_directories"] = SocketDirectory,
            ["unix_socket_permissions"] = "0700",
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["archive_mode"] = "off",
            ["archive_command"] = "",
            ["primary_conninfo"] = "",
            ["primary_slot_name"] = "",
            ["archive_cleanup_command"] = "",
            ["recovery_end_command"] = "",
            ["max_wal_senders"] = "0",
            ["ssl"] = "off",
            // No worker of an extension runs (pg_cron), nor of a subscription.
            ["max_worker_processes"] = "0",
            ["max_logical_replication_workers"] = "0",
            ["shared_preload_libraries"] = Preload,
            ["session_preload_libraries"] = "",
            ["local_preload_libraries"] = "",
            ["autovacuum"] = "off",
            // Small: with hot_standby off the primary's own limits do not count.
            ["hot_standby"] = "off",
            ["max_connections"] = "20",
            ["superuser_reserved_connections"] = "1",
            ["max_prepared_transactions"] = "1000",
            ["max_locks_per_transaction"] = "256",
            ["shared_buffers"] = "64MB",
            ["maintenance_work_mem"] = "64MB",
            ["max_wal_size"] = "256MB",
            ["huge_pages"] = "off",
            // Shared memory in files of the data directory: a killed server leaves none behind.
            ["dynamic_shared_memory_type"] = "mmap",
            ["fsync"] = "off",
            ["full_page_writes"] = "off",
            ["logging_collector"] = "off",
            ["log_destination"] = "stderr",
            ["log_line_prefix"] = "",
            ["log_min_messages"] = "warning",
            ["lc_messages"] = "C",
            ["jit"] = "off",
        };
        if (Version >= 15)
            settings["archive_library"] = "";
        if (Version >= 17)
            settings["event_triggers"] = "off";
        if (walCommand is not null)
            (settings["restore_command"], settings["recovery_target_timeline"]) = (walCommand, "latest");
        if (Preload.Length > 0)
            settings.Remove("max_worker_processes");
        return string.Concat(settings.Select(one => ShellText.Setting(one.Key, one.Value)));
    }
}
