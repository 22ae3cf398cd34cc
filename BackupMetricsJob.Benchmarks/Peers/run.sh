#!/usr/bin/env bash
# What backup-metrics does for one database, with what an administrator has at hand: one psql, awk, one curl.
#
#   run.sh CONNECTION GATEWAY SQL_FOLDER
set -euo pipefail
connection=$1 gateway=$2 sql=$3
export PGOPTIONS='-c default_transaction_read_only=on -c statement_timeout=15s -c lock_timeout=2s -c search_path=pg_catalog -c jit=off' PGCONNECT_TIMEOUT=10

psql -XqAt -F '|' -v ON_ERROR_STOP=1 -f "$sql/session.sql" -f "$sql/archiver.sql" -f "$sql/wal.sql" -f "$sql/base_backup.sql" "$connection" |
    awk -F '|' -v started="$EPOCHREALTIME" -f "${BASH_SOURCE[0]%/*}/samples.awk" |
    curl -sS --fail -m 10 -o /dev/null -X PUT -H 'Content-Type: text/plain; version=0.0.4; charset=utf-8' --data-binary @- "$gateway/metrics/job/bench_psql/run/orders"
