"""One target in detail."""
from .panels import STATES, dashed, dashboard, fixed, graph, matching, queries, row, stat, steps, table, timeline, values, variable
from .queries import BACKUP, BY, age, state, used

I = 'job=~"$job", instance=~"$instance"'
LATENESS = steps((None, "green"), (0.8, "yellow"), (1, "red"))
YES_NO = values(("no", "red"), ("yes", "green"))
ARCHIVER = [fixed(*pair) for pair in [("ok", "green"), ("failing", "red"), ("never", "red"), ("discarded", "red"), ("off", "yellow"), ("streamed", "blue"), ("standby", "text")]]
SPOKEN = [("source", "Source"), ("tool", "Tool"), ("type", "Backup")]
BY_KIND = "by (source, tool, type)"


def rows():
    yield [
        stat("State", "The worst current state.", state(I), mappings=values(*STATES)),
        stat("Newest backup", "Its age, counted from now.", age(I), "s", decimals=1),
        stat("Of its limit", "The age of the newest backup relative to its limit; with several limits, the largest value.", used(I), "percentunit", decimals=0, thresholds=LATENESS),
        stat("Lost if it died now", "As of the last probe.", f"max {BY} (postgres_recovery_point_age_seconds{{{I}}})", "s", decimals=1),
        stat("WAL to replay", "WAL from the newest full backup to the end of the archive.", f"max {BY} (postgres_recovery_replay_bytes{{{I}}})", "bytes"),
        stat("WAL archiving", "The state of the archiver, as of the last probe.", f"postgres_wal_archive_state{{{I}}} == 1", legend="{{state}}", name=True, overrides=ARCHIVER),
    ]
    yield [
        graph("Age of backups against their limits", "Limits are dashed. Any physical backup counts for `base`.", queries(
            (f"max by (type) (time() - postgres_backup:last_success_timestamp_seconds{{{I}, {BACKUP}}})", "{{type}}"),
            (f"max by (type, severity) (postgres_backup:max_age_seconds{{{I}, {BACKUP}}})", "{{type}} limit ({{severity}})"),
        ), "s", overrides=[dashed(".*warning.*", "yellow"), dashed(".*critical.*", "red")]),
        graph("Recovery point against the limit for WAL", "The possible loss at each probe. It does not grow while a server is idle.", queries(
            (f"max by (instance) (postgres_recovery_point_age_seconds{{{I}}})", "lost if it had died"),
            (f'max by (severity) (postgres_backup:max_age_seconds{{{I}, type="wal"}})', "limit ({{severity}})"),
        ), "s", overrides=[dashed(".*warning.*", "yellow"), dashed(".*critical.*", "red")]),
    ]
    yield [table(
        "Newest backups by source", "A source is the server itself, a catalogue or a query. The server knows that a base backup was stopped, but not whether it was stored, nor its size.",
        [
            ("Age", f"time() - max {BY_KIND} (postgres_backup_last_success_timestamp_seconds{{{I}}})", "s", {"decimals": 1}),
            ("Took", f"max {BY_KIND} (postgres_backup_last_duration_seconds{{{I}}})", "s", {"decimals": 0}),
            ("Holds", f"max {BY_KIND} (postgres_backup_last_size_bytes{{{I}}})", "bytes"),
            ("Is stored as", f"max {BY_KIND} (postgres_backup_last_stored_bytes{{{I}}})", "bytes"),
            ("Of the usual size", f"max {BY_KIND} (postgres_backup_last_size_ratio{{{I}}})", "percentunit", {"decimals": 0}),
            ("Errors", f"max {BY_KIND} (postgres_backup_last_has_errors{{{I}}})", None, {"mappings": values(("none", "green"), ("errors", "red")), "custom_cellOptions": {"type": "color-text"}}),
            ("Last failure", f"time() - max {BY_KIND} (postgres_backup_last_failure_timestamp_seconds{{{I}}})", "s", {"decimals": 1}),
            ("Broken chains", f"max {BY_KIND} (postgres_backup_broken_chains{{{I}}})", "none", {"thresholds": steps((None, "text"), (1, "red")), "custom_cellOptions": {"type": "color-text"}}),
        ], SPOKEN, height=7, no_value="",
    )]
    yield [
        graph("Size of the newest backup", "The size of the content, and the size in storage. The server itself does not know them.", queries(
            (f"max by (tool, type) (postgres_backup_last_size_bytes{{{I}}})", "{{tool}} {{type}} holds"),
            (f"max by (tool, type) (postgres_backup_last_stored_bytes{{{I}}})", "{{tool}} {{type}} is stored as"),
        ), "bytes", width=8),
        graph("Backup duration", "The newest backup of each kind, and the running one compared with the longest so far.", queries(
            (f"max by (tool, type) (postgres_backup_last_duration_seconds{{{I}}})", "{{tool}} {{type}}"),
            (f"time() - max by (tool, type) (postgres_backup_running_since_timestamp_seconds{{{I}}})", "{{tool}} {{type}} running"),
            (f"max by (tool, type) (postgres_backup_longest_duration_seconds{{{I}}})", "{{tool}} {{type}} longest"),
        ), "s", width=8, overrides=[dashed(".*longest", "text")]),
        graph("Kept backups", "Kept backups by state.", queries((f"max by (tool, type, state) (postgres_backups{{{I}}})", "{{tool}} {{type}} {{state}}")), "none", width=8, decimals=0),
    ]
    yield [
        graph("Newest backup by storage", "How old the newest backup is in each repository or storage, where there are several or copies are asked for.", queries(
            (f"time() - max by (tool, storage) (postgres_backup_storage_last_success_timestamp_seconds{{{I}}})", "{{tool}} {{storage}}"),
        ), "s", width=16),
        graph("Copies", "Storages whose newest backup is new enough, and how many were asked for.", queries(
            (f"max by (instance) (postgres_backup_copies{{{I}}})", "copies"), (f"max by (instance) (postgres_backup_copies_min{{{I}}})", "asked for"),
        ), "none", width=8, decimals=0, overrides=[dashed("asked for", "red")]),
    ]
    yield [row("WAL")]
    yield [
        timeline("State of the archiver", "failing: the last attempt failed, or WAL waits without a success. never: WAL waits, and none was ever archived. discarded: the command stores nothing. streamed: a receiver takes it. standby: its primary archives.",
                 queries((f"max by (state) (postgres_wal_archive_state{{{I}}}) == 1", "{{state}}")),
                 width=8, height=7, overrides=ARCHIVER),
        graph("The queue", "WAL that is written but not archived, including the current segment.", queries(
            (f"max by (instance) (postgres_wal_archive_lag_bytes{{{I}}})", "not archived"),
            (f"max by (instance) (postgres_wal_directory_bytes{{{I}}})", "pg_wal"),
        ), "bytes", width=8, height=7),
        graph("Archived in an hour", "Archived files, failed attempts and waiting segments.", queries(
            (f"sum by (instance) (increase(postgres_wal_archived_files_total{{{I}}}[1h]))", "archived"),
            (f"sum by (instance) (increase(postgres_wal_archive_failures_total{{{I}}}[1h]))", "failed"),
            (f"max by (instance) (postgres_wal_archive_ready_segments{{{I}}})", "waiting"),
        ), "none", width=8, height=7, overrides=[fixed("failed", "red")]),
    ]
    yield [row("Recovery")]
    yield [
        stat("Recovery window", "The age of the oldest full backup: the earliest possible restore.", f"time() - min {BY} (postgres_backup_oldest_timestamp_seconds{{{I}}})", "s", decimals=1, no_value="no full backup known"),
        stat("Last restore test", "The last successful restore of a backup.", f"time() - max {BY} (postgres_backup_last_restore_test_timestamp_seconds{{{I}}})", "s", decimals=1, no_value="none recorded"),
        graph("WAL to replay over time", "WAL from the newest full backup to the end of the archive.", queries((f"max by (instance) (postgres_recovery_replay_bytes{{{I}}})", "WAL")), "bytes", width=16, height=6),
    ]
    yield [row("The probe")]
    yield [
        timeline("Sources", "Whether each source answered in full.", queries((f"min by (source) (postgres_backup_source_success{{{I}}})", "{{source}}")), mappings=YES_NO, width=8),
        timeline("Probe failures", "The reason of each failed probe.", queries((f"max by (reason) (postgres_backup_probe_failure{{{I}}})", "{{reason}}")), width=8, no_value="every probe succeeded",
                 color="fixed", overrides=[matching(".*", color={"mode": "fixed", "fixedColor": "red"})]),
        graph("Duration and clock", "The duration of the probe, and the lead of the database's clock over the job's.", queries(
            (f"max by (instance) (postgres_backup_probe_duration_seconds{{{I}}})", "probe"),
            (f"max by (instance) (postgres_backup_clock_offset_seconds{{{I}}})", "clock ahead by"),
        ), "s", width=8, height=6, min=None),
    ]


def make():
    job = variable("job", "Job", "label_values(backup_metrics_run_timestamp_seconds, job)", several=True)
    instance = variable("instance", "Target", 'label_values(postgres_backup_source_success{job=~"$job"}, instance)', several=False)
    return dashboard("backup-target", "Backups: one target", "The backups and WAL of one database, and the possible loss.", [job, instance], list(rows()))
