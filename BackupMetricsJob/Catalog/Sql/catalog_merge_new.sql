-- $1 server, $2 tool. Inserts the backups that are not in the catalogue yet.
INSERT INTO backup_metrics.backup_catalog (
  server, tool, kind, storage, backup_id, status, started_at, finished_at, size_bytes, stored_bytes, parent_id, start_lsn, stop_lsn,
  start_wal, stop_wal, timeline, pg_version_num, system_identifier, database, has_errors, error, keep_until, raw, time_of_object, comparable,
  listed)
SELECT $1, $2, kind, storage, backup_id, status, started_at, finished_at, size_bytes, stored_bytes, parent_id, start_lsn, stop_lsn,
  start_wal, stop_wal, timeline, pg_version_num, system_identifier, database, has_errors, error, keep_until, raw, time_of_object, comparable,
  true
FROM pg_temp.listing l
WHERE l.server = $1 AND NOT EXISTS (
  SELECT FROM backup_metrics.backup_catalog c
  WHERE c.server = $1 AND c.tool = $2 AND c.storage = l.storage AND c.backup_id = l.backup_id)
