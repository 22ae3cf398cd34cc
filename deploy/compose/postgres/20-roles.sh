#!/bin/sh
# Run by the image of PostgreSQL when the data directory is new: a role that may read backup facts and nothing else, for the job, and one that
# may take base backups. psql itself reads the passwords, so that they are in no command line.
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

# The line "host all all all" that the image writes is not for replication.
echo "host replication backup all scram-sha-256" >> "$PGDATA/pg_hba.conf"
