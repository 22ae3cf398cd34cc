"""All databases: verdicts and alerts first, then what can be restored, and how it was over time."""
from .panels import NOTHING, VERDICTS, adhoc, dashboard, graph, override, queries, row, stat, steps, table, values, variable
from .queries import ALERTS, BACKUP, BY, J, KEY, age, drilled, known, loss, oldest, rank, used, verdict, word

OF = verdict(J)
ALL = f"count({OF})"
COLORED = {"custom_cellOptions": {"type": "color-text"}}
LINK = [{
    "title": "${__data.fields.Database} in detail", "targetBlank": False,
    "url": "/d/backup-target?var-datasource=${datasource}&var-job=${__data.fields.Job}&var-instance=${__data.fields.Database}&${cluster:queryparam}&${namespace:queryparam}&${run:queryparam}",
}]
DATABASE = override("Database", links=LINK)
LABELS = [("instance", "Database"), ("cluster", "Cluster"), ("namespace", "Namespace"), ("job", "Job"), ("run", "Run"), ("shard", "Shard")]
SEVERITY = override("Severity", mappings=[{"type": "value", "options": {"critical": {"text": "critical", "color": "red", "index": 0}, "warning": {"text": "warning", "color": "yellow", "index": 1}}}], **COLORED)
ABNORMAL = {"thresholds": steps((None, "text"), (1, "red")), **COLORED}


def many(title, description, code, color, least="text"):
    # Without known databases there is no number: a 0 would look like good news.
    return stat(title, description, f"count({OF} == {code}) or {ALL} * 0", thresholds=steps((None, least), (1, color)))


def rows():
    yield [
        many("Critical", "Data would be lost, or may be: somebody must act now.", 2, "red"),
        many("Unknown", "Whether they are well is not known: they could not be asked, their job is dead, or nothing is known of them.", 3, "purple"),
        many("Warning", "They can wait until morning.", 1, "yellow"),
        many("OK", "By all that is known, by the limits that are set, and according to the sources that were asked.", 0, "green"),
        stat("Databases", "Configured ones and those found in a catalogue.", ALL, no_value="none"),
        stat("Firing", "Alerts that fire, those about the job and the gateway included.", f'count({ALERTS}, alertstate="firing"}}) or {ALL} * 0', thresholds=steps((None, "text"), (1, "red"))),
    ]
    yield [table(
        "Alerts", "Firing and pending alerts of backup.rules.yml. docs/alerts.md says what to do.",
        [(None, f"max by ({KEY}, alertname, severity, alertstate) ({ALERTS}}})", None)],
        [("alertname", "Alert"), ("severity", "Severity"), ("alertstate", "Now"), *LABELS], no_value="No alert", height=7, overrides=[DATABASE, SEVERITY],
    )]
    yield [table(
        "All databases, worst first",
        "Ages are as of now. The possible loss and waiting WAL are as of the last probe, and are not shown where it is not known whether they still hold.",
        [
            ("Verdict", rank(J), None, {"mappings": values(*VERDICTS, first=-1), **COLORED}),
            ("Newest backup", age(J), "s", {"decimals": 1}),
            ("Of its limit", used(J), "percentunit", {"decimals": 0, "min": 0, "max": 1, "custom_cellOptions": {"type": "gauge", "mode": "basic"}, "thresholds": steps((None, "green"), (0.8, "yellow"), (1, "red"))}),
            ("Lost if it died now", loss(J), "s", {"decimals": 1}),
            (None, word(J), None),
            ("WAL missing", known(f"min {BY} (postgres_wal_archive_missing_segments{{{J}}})", J), "none", ABNORMAL),
            ("Oldest backup", oldest(J), "dateTimeAsIso"),
            ("Restored", f"time() - ({drilled('postgres_backup_last_restore_test_timestamp_seconds', J)}\nor {drilled('postgres_restore_test_timestamp_seconds', J)})", "s", {"decimals": 0}),
            ("Copies", f"max {BY} (postgres_backup_copies{{{J}}})", "none"),
            ("Probed", f"time() - max {BY} (last_over_time(postgres_backup_probe_timestamp_seconds{{{J}}}[7d]))", "s", {"decimals": 0}),
        ],
        [LABELS[0], ("reason", "Because of"), ("evidence", "Evidence"), *LABELS[1:]], height=12, sort="Verdict", first="Verdict", overrides=[DATABASE], no_value="",
    )]
    yield [table(
        "What is wrong", "Every condition that an alert is made of, as it is now: an alert waits until it has held for some time. One line a kind of backup, a storage, a source.",
        [(None, f"max by ({KEY}, alert, severity, type, tool, source, storage) (backup_metrics:fault{{{J}}})", None)],
        [("instance", "Database"), ("alert", "What"), ("severity", "Severity"), ("type", "Backup"), ("tool", "Tool"), ("source", "Source"), ("storage", "Storage"), *LABELS[1:]],
        no_value="Nothing", height=9, overrides=[DATABASE, SEVERITY],
    )]
    yield [
        table(
            "Backups that cannot be trusted", "The newest backup has errors, builds on one that is gone, is much smaller than usual, or lacks WAL of its own.",
            [
                ("Errors", f"max by ({KEY}, tool, type) (postgres_backup_last_has_errors{{{J}}} == 1)", None, {"mappings": values(("none", "text"), ("errors", "red")), **COLORED}),
                ("Broken chains", f"max by ({KEY}, tool, type) (postgres_backup_broken_chains{{{J}}} > 0)", "none", ABNORMAL),
                ("Of the usual size", f'min by ({KEY}, tool, type) (postgres_backup_last_size_ratio{{{J}, {BACKUP}}} < 0.5)', "percentunit", {"decimals": 0, "thresholds": steps((None, "yellow")), **COLORED}),
                ("Lack WAL", f"max by ({KEY}, tool, type) (postgres_backup_wal_missing{{{J}}} > 0)", "none", {"thresholds": steps((None, "yellow")), **COLORED}),
            ],
            [("instance", "Database"), ("tool", "Tool"), ("type", "Backup"), *LABELS[1:]], width=12, overrides=[DATABASE], no_value="None",
        ),
        table(
            "Restore tests", "The last drill, or restore test that was recorded: the only proof. How long it took to fetch and replay, and how much of what was claimed did not come back.",
            [
                ("Ago", f"time() - ({drilled('postgres_backup_last_restore_test_timestamp_seconds', J)}\nor {drilled('postgres_restore_test_timestamp_seconds', J)})", "s", {"decimals": 0}),
                ("Worked", drilled("postgres_restore_test_success", J), None, {"mappings": values(("no", "red"), ("yes", "green")), **COLORED}),
                ("Took", drilled("postgres_restore_test_duration_seconds", J, phases=True), "s", {"decimals": 0}),
                ("Short by", drilled("postgres_restore_test_shortfall_seconds", J), "s", {"decimals": 0, "thresholds": steps((None, "green"), (0.001, "red")), **COLORED}),
            ],
            LABELS, width=12, sort="Short by", overrides=[DATABASE], no_value="None known",
        ),
    ]
    yield [table(
        "Failed sources", "Sources that failed at the last run, the first reason, and the last successful probe.",
        [
            (None, f"max by ({KEY}, source) (postgres_backup_source_success{{{J}}} == 0)", None),
            (None, f"max by ({KEY}, reason) (postgres_backup_probe_failure{{{J}}})", None),
            ("Last answer", f"time() - max {BY} (last_over_time(postgres_backup_probe_timestamp_seconds{{{J}}}[7d])) and on ({KEY}) postgres_backup_source_success == 0", "s", {"decimals": 0}),
        ],
        [("instance", "Database"), ("source", "Source"), ("reason", "Reason"), *LABELS[1:]], height=6, overrides=[DATABASE], no_value="None",
    )]
    yield [row("Over time")]
    yield [
        graph("Databases by verdict", "How many databases have each verdict.", queries((f'count_values("verdict", {rank(J)})', "{{verdict}}")), "none", stacked=True, decimals=0,
              overrides=[override(str(i), displayName=text, color={"mode": "fixed", "fixedColor": color}) for i, (text, color) in enumerate(VERDICTS, -1)]),
        graph("Nearest to their limit", "The age of the newest backup relative to its limit; top ten.", queries((f"topk(10, {used(J)})", "{{instance}} {{run}}")), "percentunit",
              thresholds=steps((None, "transparent"), (1, "red"))),
    ]
    yield [
        graph("Work that would be lost", "The age of the recovery point at each probe; top ten. It does not grow while a server is idle.",
              queries((f"topk(10, max {BY} (postgres_recovery_point_age_seconds{{{J}}}))", "{{instance}} {{run}}")), "s", width=8),
        graph("WAL to replay", "WAL from the newest full backup to the end of the archive; top ten.",
              queries((f"topk(10, max {BY} (postgres_recovery_replay_bytes{{{J}}}))", "{{instance}} {{run}}")), "bytes", width=8),
        graph("WAL waiting to be archived", "Segments in the archiver's queue; top ten.",
              queries((f"topk(10, max {BY} (postgres_wal_archive_ready_segments{{{J}}}))", "{{instance}} {{run}}")), "none", width=8, decimals=0),
    ]


def make():
    return dashboard("backup-fleet", "Backups: all databases", "How the backups of all databases stand, and what would be lost. " + NOTHING.capitalize() + " is shown as such, never as 0.",
                     [variable("cluster", "Cluster", "label_values(postgres_backup_source_success, cluster)", several=True),
                      variable("namespace", "Namespace", "label_values(postgres_backup_source_success, namespace)", several=True),
                      variable("job", "Job", "label_values(backup_metrics_run_timestamp_seconds, job)", several=True),
                      variable("run", "Run", "label_values(backup_metrics_run_timestamp_seconds, run)", several=True),
                      adhoc("filter", "Any label")], list(rows()), f'{ALERTS}, alertstate="firing"}}')
