-- The identity of this cluster: another cluster's backups do not fit its WAL. The bigint represents an unsigned number. PostgreSQL 12 to
-- 18, standby too.
SELECT system_identifier FROM pg_control_system()
