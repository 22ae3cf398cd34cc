using System.Globalization;

namespace BackupMetricsJob.Drill;

/// <summary>
/// The whole postgresql.conf of the throw-away server. Without any of the lost server's settings, it cannot harm anybody.
/// </summary>
/// <param name="SocketDirectory">The directory of the socket, the only way to connect.</param>
/// <param name="Port">The port in the socket's name.</param>
/// <param name="Version">PostgreSQL's major version.</param>
/// <param name="Preload">Libraries without which the cluster cannot be read; empty for none.</param>
internal sealed record DrillClusterSettings(string SocketDirectory, int Port, int Version, string Preload)
{
    /// <param name="walCommand">The restore_command; null for a cluster without recovery.</param>
    public string Text(string? walCommand)
    {
        Dictionary<string, string> settings = new()
        {
            // Nothing connects to this cluster over the network, and it archives and replicates nothing.
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
            // No worker of an extension (pg_cron) or of a subscription runs, unless the user preloads the extension.
            ["max_worker_processes"] = "0",
            ["max_logical_replication_workers"] = "0",
            ["shared_preload_libraries"] = Preload,
            ["session_preload_libraries"] = "",
            ["local_preload_libraries"] = "",
            ["autovacuum"] = "off",
            // Small values are allowed: with hot_standby off, the primary's limits do not apply.
            ["hot_standby"] = "off",
            ["max_connections"] = "20",
            ["superuser_reserved_connections"] = "1",
            ["max_prepared_transactions"] = "1000",
            ["max_locks_per_transaction"] = "256",
            ["shared_buffers"] = "64MB",
            ["maintenance_work_mem"] = "64MB",
            ["max_wal_size"] = "256MB",
            ["huge_pages"] = "off",
            // Keeps shared memory in files of the data directory, so a killed server leaves none behind.
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
