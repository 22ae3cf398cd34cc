#!/bin/sh
# Run by the PostgreSQL image when the data directory is new. Creates a role for the job that may only read backup facts, and a role that
# may take base backups. psql reads the passwords itself, so that no command line contains them.
set -eu
export SECRETS="${SECRETS:-/run/secrets}"

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" << 'END'
\set monitor_password `cat "$SECRETS/monitor_password"`
\set backup_password `cat "$SECRETS/backup_password"`
CREATE ROLE monitor LOGIN PASSWORD :'monitor_password' IN ROLE pg_monitor;
GRANT USAGE ON SCHEMA backup_metrics TO monitor;
GRANT EXECUTE ON FUNCTION backup_metrics.base_backup_history() TO monitor;
CREATE ROLE backup LOGIN REPLICATION PASSWORD :'backup_password';
END

# The image's line "host all all all" does not cover replication.
echo "host replication backup all scram-sha-256" >> "$PGDATA/pg_hba.conf"
