# What backup-metrics does for one database, in the Python people would write: psycopg2, prometheus_client, one push.
#
#   run.py CONNECTION GATEWAY SQL_FOLDER
import sys
import time

import psycopg2
from prometheus_client import CollectorRegistry, Gauge, push_to_gateway
from prometheus_client.core import CounterMetricFamily

SETTINGS = "-c default_transaction_read_only=on -c statement_timeout=15s -c lock_timeout=2s -c search_path=pg_catalog -c jit=off"

connection, gateway, folder = sys.argv[1:]
started = time.time()
registry = CollectorRegistry()


def gauge(name, help, value, **labels):
    labels = {"instance": "orders", **labels, "team": "payments"}
    Gauge(name, help, labels, registry=registry).labels(**labels).set(value)


class Counter:
    """A counter whose value was counted elsewhere."""

    def __init__(self, name, help, value):
        self.family = CounterMetricFamily(name, help, labels=["instance", "team"])
        self.family.add_metric(["orders", "payments"], value)
        registry.register(self)

    def collect(self):
        yield self.family


def of_the_run(name, help, value):
    Gauge(name, help, registry=registry).set(value)


def query(name):
    with open(f"{folder}/{name}.sql", encoding="utf-8") as file:
        cursor.execute(file.read())
    return cursor.fetchone()


database = psycopg2.connect(connection, options=SETTINGS, connect_timeout=10)
database.autocommit = True
cursor = database.cursor()
asked = time.time()
server_now = query("session")[0]
offset = server_now - (asked + time.time()) / 2
archived, last_archived, failures = query("archiver")[4:7]
wal = query("wal")
finished, begun, tool, _ = query("base_backup")
database.close()

at = time.time()
directory, ready, lag, newest_done, last_write, replay = wal[0], wal[1], wal[4], wal[5], wal[7], wal[9]
loss = max(0, last_write - newest_done) if lag else 0
base = {"source": "server", "tool": tool, "type": "base"}
gauge("postgres_backup_last_success_timestamp_seconds", "When the newest good backup finished, in seconds since 1970.", finished, **base)
gauge("postgres_backup_age_seconds", "Age of the newest good backup at the probe, in seconds. It freezes when the job dies: alert on the timestamp.", wal[13] - finished, **base)
gauge("postgres_backup_last_duration_seconds", "How long the newest good backup took, in seconds.", finished - begun, **base)
limits = Gauge("postgres_backup_max_age_seconds", "The limit configured for the age of the newest backup, in seconds; published whether the database answers or not.",
               ["instance", "type", "severity", "team"], registry=registry)
for kind, severity, limit in (("base", "warning", 93600), ("base", "critical", 180000), ("wal", "warning", 900), ("wal", "critical", 3600)):
    limits.labels("orders", kind, severity, "payments").set(limit)
states = Gauge("postgres_wal_archive_state", "State of WAL archiving: 1 for the state that holds, 0 for the others.", ["instance", "state", "team"], registry=registry)
for state in ("ok", "failing", "never", "discarded", "off", "streamed", "standby"):
    states.labels("orders", state, "payments").set(state == "ok")
gauge("postgres_wal_directory_bytes", "Size of the files in pg_wal, in bytes.", directory)
gauge("postgres_wal_archive_last_success_timestamp_seconds", "When the archiver last succeeded, in seconds since 1970.", last_archived)
Counter("postgres_wal_archived_files_total", "Files archived since the server's statistics began, history files included.", archived)
Counter("postgres_wal_archive_failures_total", "Failed attempts to archive since the server's statistics began.", failures)
gauge("postgres_wal_archive_ready_segments", "WAL segments waiting to be archived.", ready)
gauge("postgres_wal_archive_lag_bytes", "WAL written but not archived, in bytes.", lag)
gauge("postgres_recovery_point_timestamp_seconds", "The newest moment this database could be restored to from its backups, in seconds since 1970 by the job's clock.", at - loss)
gauge("postgres_recovery_point_age_seconds", "How much work would have been lost at the probe, in seconds; an upper bound.", loss)
gauge("postgres_recovery_point_evidence", "1 for the evidence behind the recovery point: server means that its archiver reported success.", 1, evidence="server")
gauge("postgres_recovery_replay_bytes", "WAL that a restore would replay, from the newest full backup's start to the archive's end, in bytes.", replay)
gauge("postgres_backup_probe_success", "1 if the database could be probed in full, else 0.", 1)
gauge("postgres_backup_probe_duration_seconds", "How long the probe took, in seconds.", at - started)
gauge("postgres_backup_probe_timestamp_seconds", "When the database was last probed successfully, in seconds since 1970 by the job's clock.", at)
gauge("postgres_backup_clock_offset_seconds", "The database's clock minus the job's, in seconds.", offset)
gauge("postgres_backup_source_success", "1 if this source of facts answered in full, else 0.", 1, source="server")
of_the_run("backup_metrics_run_timestamp_seconds", "When this run started, in seconds since 1970.", started)
of_the_run("backup_metrics_run_duration_seconds", "How long this run took until the push, in seconds.", time.time() - started)
of_the_run("backup_metrics_run_success", "1 if every target could be probed, else 0.", 1)
targets = Gauge("backup_metrics_targets", "Targets of this run by state.", ["state"], registry=registry)
for state, number in (("configured", 1), ("ok", 1), ("failed", 0)):
    targets.labels(state).set(number)
of_the_run("backup_metrics_shards", "How many shards this job has; 1 where it is not sharded.", 1)
Gauge("backup_metrics_build_info", "1, with the version and revision of backup-metrics.", ["version", "revision"], registry=registry).labels("0.1.0", "python").set(1)
push_to_gateway(gateway, job="bench_python", grouping_key={"run": "orders"}, registry=registry, timeout=10)
