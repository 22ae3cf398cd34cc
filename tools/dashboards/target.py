"""One database in detail."""
from .panels import VERDICTS, adhoc, dashed, dashboard, fixed, graph, matching, queries, row, stat, steps, table, timeline, values, variable
from .queries import ALERTS, BACKUP, BY, J, KEY, OF_DRILLS, age, drilled, known, limits, loss, rank, restorable_since, used, verdict, word

I = J + ', instance=~"$instance"'
DRILLS = OF_DRILLS + ', instance=~"$instance"'
LATENESS = steps((None, "green"), (0.8, "yellow"), (1, "red"))
OF_WAL = I + ', type="wal"'
YES_NO = values(("no", "red"), ("yes", "green"))
ARCHIVER = [fixed(*pair) for pair in [("ok", "green"), ("failing", "red"), ("never", "red"), ("discarded", "red"), ("off", "yellow"), ("streamed", "blue"), ("standby", "text")]]
SPOKEN = [("source", "Source"), ("tool", "Tool"), ("type", "Backup")]
BY_KIND = "by (source, tool, type)"


EVIDENCE = [fixed("server", "yellow"), fixed("archive", "green"), fixed("tool", "yellow")]


def rows():
    yield [
        stat("Verdict", "How the backups stand now, by all that is known.", rank(I), mappings=values(*VERDICTS, first=-1), no_value="unknown"),
        stat("Because of", "The alert that decides; docs/alerts.md says what to do.", f"{verdict(I)} > 0 < 4", legend="{{reason}}", name=True, no_value="nothing known", thresholds=steps((None, "text"))),
        stat("Newest backup", "Its age, counted from now.", age(I), "s", decimals=1),
        stat("Lost if it died now", "As of the last probe, if it is known whether that still holds.", loss(I), "s", decimals=1),
        stat("Evidence", "What the possible loss is based on: the server says that it archived, the archive's listing shows it, or the backup tool's list does. Only a restore proves it.", word(I), legend="{{evidence}}", name=True, overrides=EVIDENCE),
        stat("WAL archiving", "The state of the archiver, as of the last probe.", f"postgres_wal_archive_state{{{I}}} == 1", legend="{{state}}", name=True, overrides=ARCHIVER),
    ]
    yield [
        stat("Restorable since", "The recovery window: when the oldest full backup finished from which a restore reaches until now.", restorable_since(I), "dateTimeAsIso", no_value="unknown"),
        stat("Last restore", "The last restore that worked: of a drill, or recorded.", "1000 * (" + drilled("postgres_backup_last_restore_test_timestamp_seconds", I, DRILLS) + ")", "dateTimeAsIso", no_value="none known"),
        stat("A restore takes", "To fetch and to replay, by the last drill.", drilled("postgres_restore_test_duration_seconds", I, DRILLS, phases=True), "s", decimals=1, no_value="not measured"),
        stat("Restored short by", "How much work that was claimed to be safe the last drill did not bring back.", drilled("postgres_restore_test_shortfall_seconds", I, DRILLS), "s", decimals=0, thresholds=steps((None, "green"), (0.001, "red")), no_value="not compared"),
        stat("WAL missing", "Segments that the listing of the archive lacks; of several archives the best. Nothing later than the first of them can be restored.", known(f"min {BY} (postgres_wal_archive_missing_segments{{{I}}})", I), "none", decimals=0, thresholds=steps((None, "green"), (1, "red")), no_value="never listed"),
        stat("Of its limit", "The age of the newest backup relative to its limit; with several limits, the largest value.", used(I), "percentunit", decimals=0, thresholds=LATENESS),
    ]
    yield [
        table("What is wrong", "Every condition that an alert is made of, as it is now: an alert waits until it has held for some time.",
              [(None, f"max by (instance, run, alert, severity, type, tool, source, storage) (backup_metrics:fault{{{I}}})", None)],
              [("alert", "What"), ("severity", "Severity"), ("type", "Backup"), ("tool", "Tool"), ("source", "Source"), ("storage", "Storage"), ("instance", "Database"), ("run", "Run")],
              width=14, height=6, no_value="Nothing"),
        table("Alerts", "Firing and pending alerts about this database.",
              [(None, f'max by (alertname, severity, alertstate, run) ({ALERTS}, instance=~"$instance"}})', None)],
              [("alertname", "Alert"), ("severity", "Severity"), ("alertstate", "Now"), ("run", "Run")], width=10, height=6, no_value="No alert"),
    ]
    yield [
        graph("Age of backups against their limits", "Limits are dashed. Any physical backup counts for `base`.", queries(
            (f"max by (type) (time() - postgres_backup:last_success_timestamp_seconds{{{I}, {BACKUP}}})", "{{type}}"),
            (f"max by (type, severity) {limits(I + ', ' + BACKUP)}", "{{type}} limit ({{severity}})"),
        ), "s", overrides=[dashed(".*warning.*", "yellow"), dashed(".*critical.*", "red")]),
        graph("Recovery point against the limit for WAL", "The possible loss at each probe. It does not grow while a server is idle.", queries(
            (f"max by (instance) (postgres_recovery_point_age_seconds{{{I}}})", "lost if it had died"),
            (f"max by (severity) {limits(OF_WAL)}", "limit ({{severity}})"),
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
    yield [row("What a restore would reach")]
    yield [
        table("WAL archives", "By their own listings: when each was listed, and how many segments are missing in it.", [
            ("Listed", f"time() - max by (storage) (postgres_wal_archive_listed_timestamp_seconds{{{I}}})", "s", {"decimals": 0}),
            ("Missing", f"max by (storage) (postgres_wal_archive_missing_segments{{{I}}})", "none", {"thresholds": steps((None, "green"), (1, "red")), "custom_cellOptions": {"type": "color-text"}}),
        ], [("storage", "Storage")], width=8, height=6, no_value="Never listed"),
        graph("By whose word", "Whose word the recovery point stood on.", queries((f"max by (evidence) (postgres_recovery_point_evidence{{{I}}})", "{{evidence}}")), "none", width=8, height=6, decimals=0),
        graph("WAL to replay over time", "WAL from the newest full backup to the end of the archive.", queries((f"max by (instance) (postgres_recovery_replay_bytes{{{I}}})", "WAL")), "bytes", width=8, height=6),
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
    of = 'job=~"$job", run=~"$run", cluster=~"$cluster", namespace=~"$namespace"'
    return dashboard("backup-target", "Backups: one database", "The backups and WAL of one database, what would be lost, and by whose word.",
                     [variable("cluster", "Cluster", "label_values(postgres_backup_source_success, cluster)", several=True),
                      variable("namespace", "Namespace", "label_values(postgres_backup_source_success, namespace)", several=True),
                      variable("job", "Job", "label_values(backup_metrics_run_timestamp_seconds, job)", several=True),
                      variable("run", "Run", "label_values(backup_metrics_run_timestamp_seconds, run)", several=True),
                      variable("instance", "Database", f"label_values(postgres_backup_source_success{{{of}}}, instance)", several=False),
                      adhoc("filter", "Any label")], list(rows()), f'{ALERTS}, instance=~"$instance", alertstate="firing"}}')
