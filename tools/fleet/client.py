# The work of a run of backup-metrics over many targets, in careful Python: psycopg2 (libpq) with threads, the same queries and number
# of samples, one PUT. The text is written directly, which costs less than prometheus_client.
#
#   client.py THREADS LIST SQL_FOLDER GATEWAY_PORT     LIST: one line per target: name, space, connection string; port 0: no PUT
import concurrent.futures
import http.client
import sys
import time

import psycopg2

threads, path, folder, port = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
SETTINGS = (
    "SELECT set_config('statement_timeout', '15000', true), set_config('lock_timeout', '2000', true), "
    "set_config('search_path', 'pg_catalog', true), set_config('jit', 'off', true)"
)
STATES = ("ok", "failing", "never", "discarded", "off", "streamed", "standby")


def sql(name):
    with open(f"{folder}/{name}.sql", encoding="utf-8") as file:
        return file.read()


QUERIES = [sql(name) for name in ("capabilities", "archiver", "wal", "base_backup")]


def probe(target):
    name, connection = target
    started = time.time()
    try:
        database = psycopg2.connect(connection)
    except psycopg2.Error as e:
        print(f"{name}: {e}", end="", file=sys.stderr)
        return None
    try:
        database.set_session(isolation_level="READ COMMITTED", readonly=True)
        cursor = database.cursor()
        cursor.execute(SETTINGS)
        rows = []
        for query in QUERIES:
            cursor.execute(query)
            rows.append(cursor.fetchone())
        database.commit()
        return name, rows, time.time() - started, time.time()
    except psycopg2.Error as e:
        print(f"{name}: {e}", end="", file=sys.stderr)
        return None
    finally:
        database.close()


def samples(result):
    name, (session, archiver, wal, backup), took, at = result
    base = f'{{instance="{name}",source="server",tool="{backup[2]}",type="base",team="payments"}}'
    plain = f'{{instance="{name}",team="payments"}}'
    yield "postgres_backup_last_success_timestamp_seconds", base, backup[0]
    yield "postgres_backup_age_seconds", base, max(0, wal[13] - backup[0])
    yield "postgres_backup_last_duration_seconds", base, backup[0] - backup[1]
    for kind, severity, limit in (("wal", "warning", 900), ("wal", "critical", 3600), ("base", "warning", 93600), ("base", "critical", 180000)):
        yield "postgres_backup_max_age_seconds", f'{{instance="{name}",type="{kind}",severity="{severity}",team="payments"}}', limit
    for state in STATES:
        yield "postgres_wal_archive_state", f'{{instance="{name}",state="{state}",team="payments"}}', int(state == "ok")
    yield "postgres_wal_directory_bytes", plain, wal[0]
    yield "postgres_wal_archive_last_success_timestamp_seconds", plain, archiver[5]
    yield "postgres_wal_archived_files_total", plain, archiver[4]
    yield "postgres_wal_archive_failures_total", plain, archiver[6]
    yield "postgres_wal_archive_ready_segments", plain, wal[1]
    yield "postgres_wal_archive_lag_bytes", plain, wal[4]
    yield "postgres_recovery_point_timestamp_seconds", plain, at
    yield "postgres_recovery_point_age_seconds", plain, 0 if wal[4] == 0 else max(0, (wal[7] or 0) - (wal[5] or 0))
    yield "postgres_recovery_point_evidence", f'{{instance="{name}",evidence="server",team="payments"}}', 1
    yield "postgres_recovery_replay_bytes", plain, wal[9]
    yield "postgres_backup_probe_success", plain, 1
    yield "postgres_backup_probe_duration_seconds", plain, took
    yield "postgres_backup_probe_timestamp_seconds", plain, at
    yield "postgres_backup_clock_offset_seconds", plain, session[0] - at
    yield "postgres_backup_source_success", f'{{instance="{name}",source="server",team="payments"}}', 1


with open(path, encoding="utf-8") as file:
    targets = [line.rstrip("\n").split(" ", 1) for line in file]
with concurrent.futures.ThreadPoolExecutor(threads) as pool:
    results = list(pool.map(probe, targets))

families, count = {}, 0
for result in filter(None, results):
    for metric, labels, value in samples(result):
        families.setdefault(metric, []).append(f"{metric}{labels} {value}\n")
        count += 1
body = "".join(f"# HELP {metric} The same.\n# TYPE {metric} {'counter' if metric.endswith('_total') else 'gauge'}\n{''.join(lines)}" for metric, lines in families.items()).encode()
status = 0
if port:
    gateway = http.client.HTTPConnection("127.0.0.1", port)
    gateway.request("PUT", "/metrics/job/bench_python", body)
    status = gateway.getresponse().status
ok = sum(result is not None for result in results)
print(f"ok {ok} failed {len(results) - ok} samples {count} bytes {len(body)} status {status}")
sys.exit(0 if ok == len(results) and status in (0, 200, 202) else 69)
