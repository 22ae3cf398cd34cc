# The same work as `backup-metrics run` in the Python people would write: the same queries, the same samples, one PUT.
# Usage: same-work.py CONNECTION GATEWAY SQL_FOLDER
import sys
import time

import psycopg2
from prometheus_client import CollectorRegistry, Gauge, push_to_gateway

connection, gateway, folder = sys.argv[1:]
started = time.time()


def sql(name):
    with open(f"{folder}/{name}.sql", encoding="utf-8") as file:
        return file.read()


database = psycopg2.connect(connection)
database.set_session(readonly=True)
cursor = database.cursor()
cursor.execute("SELECT set_config('statement_timeout', '15000', true), set_config('lock_timeout', '2000', true)")
rows = []
for name in ("session", "archiver", "wal", "base_backup"):
    cursor.execute(sql(name))
    rows.append(cursor.fetchone())
database.commit()
database.close()

registry = CollectorRegistry()
samples = 0
for row, prefix in zip(rows, ("session", "archiver", "wal", "base_backup")):
    for column, value in enumerate(row or ()):
        if isinstance(value, (int, float)):
            gauge = Gauge(f"same_work_{prefix}_{column}_seconds", "The same number of samples.", ["instance", "team"], registry=registry)
            gauge.labels("orders", "payments").set(value)
            samples += 1
while samples < 36:
    Gauge(f"same_work_filler_{samples}_seconds", "The same number of samples.", ["instance", "team"], registry=registry).labels("orders", "payments").set(samples)
    samples += 1
Gauge("same_work_run_duration_seconds", "How long it took.", registry=registry).set(time.time() - started)
push_to_gateway(gateway, job="same_work", grouping_key={"run": "orders"}, registry=registry)
