# The four rows that run.sh asks for, in its order, as the text that the Pushgateway reads. Debian's awk has no clock: times are the server's.
function family(name, type, help) { printf "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type }
function sample(name, labels, value) { printf "%s{instance=\"orders\"%s,team=\"payments\"} %.15g\n", name, labels, value }
function gauge(name, labels, value, help) { family(name, "gauge", help); sample(name, labels, value) }
NR == 1 { session_now = $1 }
NR == 2 { archived = $5; last_archived = $6; failures = $7 }
NR == 3 { directory = $1; ready = $2; lag = $5; newest_done = $6; last_write = $8; replay = $10; now = $14 }
NR == 4 { finished = $1; begun = $2; tool = $3 }
END {
    # A query that failed leaves its row out; without a body the gateway would empty the group.
    if (NR != 4) exit 69
    loss = lag > 0 && last_write > newest_done ? last_write - newest_done : 0
    base = ",source=\"server\",tool=\"" tool "\",type=\"base\""
    gauge("postgres_backup_last_success_timestamp_seconds", base, finished, "When the newest good backup finished, in seconds since 1970.")
    gauge("postgres_backup_age_seconds", base, now - finished, "Age of the newest good backup at the probe, in seconds. It freezes when the job dies: alert on the timestamp.")
    gauge("postgres_backup_last_duration_seconds", base, finished - begun, "How long the newest good backup took, in seconds.")
    family("postgres_backup_max_age_seconds", "gauge", "The limit configured for the age of the newest backup, in seconds; published whether the database answers or not.")
    sample("postgres_backup_max_age_seconds", ",type=\"base\",severity=\"warning\"", 93600)
    sample("postgres_backup_max_age_seconds", ",type=\"base\",severity=\"critical\"", 180000)
    sample("postgres_backup_max_age_seconds", ",type=\"wal\",severity=\"warning\"", 900)
    sample("postgres_backup_max_age_seconds", ",type=\"wal\",severity=\"critical\"", 3600)
    family("postgres_wal_archive_state", "gauge", "State of WAL archiving: 1 for the state that holds, 0 for the others.")
    states = split("ok failing never discarded off streamed standby", state, " ")
    for (i = 1; i <= states; i++) sample("postgres_wal_archive_state", ",state=\"" state[i] "\"", i == 1)
    gauge("postgres_wal_directory_bytes", "", directory, "Size of the files in pg_wal, in bytes.")
    gauge("postgres_wal_archive_last_success_timestamp_seconds", "", last_archived, "When the archiver last succeeded, in seconds since 1970.")
    family("postgres_wal_archived_files_total", "counter", "Files archived since the server's statistics began, history files included.")
    sample("postgres_wal_archived_files_total", "", archived)
    family("postgres_wal_archive_failures_total", "counter", "Failed attempts to archive since the server's statistics began.")
    sample("postgres_wal_archive_failures_total", "", failures)
    gauge("postgres_wal_archive_ready_segments", "", ready, "WAL segments waiting to be archived.")
    gauge("postgres_wal_archive_lag_bytes", "", lag, "WAL written but not archived, in bytes.")
    gauge("postgres_recovery_point_timestamp_seconds", "", now - loss, "The newest moment this database could be restored to from its backups, in seconds since 1970 by the job's clock.")
    gauge("postgres_recovery_point_age_seconds", "", loss, "How much work would have been lost at the probe, in seconds; an upper bound.")
    gauge("postgres_recovery_point_evidence", ",evidence=\"server\"", 1, "1 for the evidence behind the recovery point: server means that its archiver reported success.")
    gauge("postgres_recovery_replay_bytes", "", replay, "WAL that a restore would replay, from the newest full backup's start to the archive's end, in bytes.")
    gauge("postgres_backup_probe_success", "", 1, "1 if the database could be probed in full, else 0.")
    gauge("postgres_backup_probe_duration_seconds", "", now - started, "How long the probe took, in seconds.")
    gauge("postgres_backup_probe_timestamp_seconds", "", now, "When the database was last probed successfully, in seconds since 1970 by the job's clock.")
    gauge("postgres_backup_clock_offset_seconds", "", session_now - started, "The database's clock minus the job's, in seconds.")
    gauge("postgres_backup_source_success", ",source=\"server\"", 1, "1 if this source of facts answered in full, else 0.")
    family("backup_metrics_run_timestamp_seconds", "gauge", "When this run started, in seconds since 1970.")
    print "backup_metrics_run_timestamp_seconds " started
    family("backup_metrics_run_duration_seconds", "gauge", "How long this run took until the push, in seconds.")
    printf "backup_metrics_run_duration_seconds %.6f\n", now - started
    family("backup_metrics_run_success", "gauge", "1 if every target could be probed, else 0.")
    print "backup_metrics_run_success 1"
    family("backup_metrics_targets", "gauge", "Targets of this run by state.")
    print "backup_metrics_targets{state=\"configured\"} 1\nbackup_metrics_targets{state=\"ok\"} 1\nbackup_metrics_targets{state=\"failed\"} 0"
    family("backup_metrics_shards", "gauge", "How many shards this job has; 1 where it is not sharded.")
    print "backup_metrics_shards 1"
    family("backup_metrics_build_info", "gauge", "1, with the version and revision of backup-metrics.")
    print "backup_metrics_build_info{version=\"0.1.0\",revision=\"psql\"} 1"
}
