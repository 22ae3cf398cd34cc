"""All targets: late and missing backups, possible loss, waiting WAL."""
from .panels import NOTHING, STATES, dashboard, graph, override, queries, row, stat, steps, table, values, variable
from .queries import BACKUP, BY, age, state, used

J = 'job=~"$job"'
STATE = state(J)
ALL = f"count {BY} (postgres_backup_source_success{{{J}}})"
LATE = f"(time() - postgres_backup:last_success_timestamp_seconds{{{J}}})"
LIMIT = f"postgres_backup:max_age_seconds{{{J}, {BACKUP}}}"
COLORED = {"custom_cellOptions": {"type": "color-text"}}
LINK = [{
    "title": "${__data.fields.Target} in detail", "targetBlank": False,
    "url": "/d/backup-target?var-datasource=${datasource}&var-job=${__data.fields.Job}&var-instance=${__data.fields.Target}",
}]
TARGET = override("Target", links=LINK)
LABELS = [("instance", "Target"), ("job", "Job")]


def many(title, description, codes, color):
    condition = " or ".join(f"(({STATE}) == {code})" for code in codes) if len(codes) > 1 else f"({STATE}) == {codes[0]}"
    # Without known targets there is no number: a 0 would look like good news.
    return stat(title, description, f"count({condition}) or count({ALL}) * 0", thresholds=steps((None, "green"), (1, color)))


def rows():
    yield [
        stat("Targets", "Watched databases: configured ones and those found in a catalogue.", f"count({ALL})", no_value="none"),
        stat("OK", "Backups within their limits, and WAL archived.", f"count(({STATE}) == 0) or count({ALL}) * 0", thresholds=steps((None, "text"), (1, "green"))),
        many("Late", "The newest backup is older than its warning or critical limit.", [1, 3], "red"),
        many("No backup", "A limit is configured, every source responds, and none knows a backup.", [4], "red"),
        many("WAL not archived", "The last attempt to archive WAL failed, or none ever succeeded.", [2], "orange"),
        many("Not reachable", "At the last run, the database or a source of facts about it did not respond.", [5], "purple"),
    ]
    yield [table(
        "All targets, worst first",
        "Ages are as of now. Loss, waiting WAL and WAL to replay are as of the last probe; the column on the right shows its age.",
        [
            ("State", STATE, None, {"mappings": values(*STATES), **COLORED}),
            ("Newest backup", age(J), "s", {"decimals": 1}),
            ("Of its limit", used(J), "percentunit", {"decimals": 0, "min": 0, "max": 1, "custom_cellOptions": {"type": "gauge", "mode": "basic"}, "thresholds": steps((None, "green"), (0.8, "yellow"), (1, "red"))}),
            ("Lost if it died now", f"max {BY} (postgres_recovery_point_age_seconds{{{J}}})", "s", {"decimals": 1}),
            ("WAL waiting", f"max {BY} (postgres_wal_archive_ready_segments{{{J}}})", "none"),
            ("WAL to replay", f"max {BY} (postgres_recovery_replay_bytes{{{J}}})", "bytes"),
            ("Probed", f"time() - max {BY} (last_over_time(postgres_backup_probe_timestamp_seconds{{{J}}}[7d]))", "s", {"decimals": 0}),
        ],
        LABELS, height=10, sort="State", overrides=[TARGET], no_value="",
    )]
    yield [
        table(
            "Late backups", "Backups that are older than a limit. One line per limit: a backup may exceed both.",
            [
                ("Late by", f"max by (job, instance, type, severity) ({LATE} - ignoring (severity) group_right () {LIMIT} > 0)", "s", {"decimals": 1, **COLORED, "thresholds": steps((None, "orange"))}),
                ("Age", f"max by (job, instance, type, severity) ({LATE} > ignoring (severity) group_right () {LIMIT})", "s", {"decimals": 1}),
                ("Limit", f"max by (job, instance, type, severity) ({LIMIT} < ignoring (severity) group_left () {LATE})", "s", {"decimals": 1}),
            ],
            [("instance", "Target"), ("type", "Backup"), ("severity", "Severity"), ("job", "Job")], width=12, sort="Late by", overrides=[TARGET], no_value="None",
        ),
        table(
            "Failed sources", "Sources that failed at the last run, the first reason, and the target's last successful probe.",
            [
                (None, f"max by (job, instance, source) (postgres_backup_source_success{{{J}}} == 0)", None),
                (None, f"max by (job, instance, reason) (postgres_backup_probe_failure{{{J}}})", None),
                ("Last answer", f"time() - max {BY} (last_over_time(postgres_backup_probe_timestamp_seconds{{{J}}}[7d])) and on (job, instance) postgres_backup_source_success == 0", "s", {"decimals": 0}),
            ],
            [("instance", "Target"), ("source", "Source"), ("reason", "Reason"), ("job", "Job")], width=12, overrides=[TARGET], no_value="None",
        ),
    ]
    yield [row("Over time")]
    yield [
        graph("Targets by state", "How many targets are in each state.", queries((f'count_values("state", {STATE})', "{{state}}")), "none", stacked=True, decimals=0,
              overrides=[override(str(i), displayName=text, color={"mode": "fixed", "fixedColor": color}) for i, (text, color) in enumerate(STATES)]),
        graph("Nearest to their limit", "The age of the newest backup relative to its limit; top ten.", queries((f"topk(10, {used(J)})", "{{instance}}")), "percentunit",
              thresholds=steps((None, "transparent"), (1, "red"))),
    ]
    yield [
        graph("Work that would be lost", "The age of the recovery point at each probe; top ten. It does not grow while a server is idle.",
              queries((f"topk(10, max {BY} (postgres_recovery_point_age_seconds{{{J}}}))", "{{instance}}")), "s", width=8),
        graph("WAL to replay", "WAL from the newest full backup to the end of the archive; top ten.",
              queries((f"topk(10, max {BY} (postgres_recovery_replay_bytes{{{J}}}))", "{{instance}}")), "bytes", width=8),
        graph("WAL waiting to be archived", "Segments in the archiver's queue; top ten.",
              queries((f"topk(10, max {BY} (postgres_wal_archive_ready_segments{{{J}}}))", "{{instance}}")), "none", width=8, decimals=0),
    ]
    yield [table(
        "Alerts", "Firing and pending alerts of backup.rules.yml.",
        [(None, 'max by (alertname, instance, severity, alertstate, job) (ALERTS{alertname=~"LastBackup|LastWalArchive|RecoveryPointTooOld|RestoreTestTooOld|WalArchiverFailing|PushgatewayDown|Backup.*"})', None)],
        [("alertname", "Alert"), ("instance", "Target"), ("severity", "Severity"), ("alertstate", "Now"), ("job", "Job")], no_value="No alert",
        overrides=[TARGET],
    )]


def make():
    job = variable("job", "Job", "label_values(backup_metrics_run_timestamp_seconds, job)", several=True)
    return dashboard("backup-fleet", "Backups: all targets", "The age of all backups relative to their limits, and the possible loss. " + NOTHING.capitalize() + " is shown as such, never as 0.",
                     [job], list(rows()))
