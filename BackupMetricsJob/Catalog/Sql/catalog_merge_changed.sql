-- After catalog_merge_known.sql: updates the rows that differ from the list. Unchanged rows are not touched.
UPDATE backup_metrics.backup_catalog c
SET kind = m.kind, status = m.status, started_at = m.started_at, finished_at = m.finished_at, size_bytes = m.size_bytes,
  stored_bytes = m.stored_bytes, parent_id = m.parent_id, start_lsn = m.start_lsn, stop_lsn = m.stop_lsn, start_wal = m.start_wal,
  stop_wal = m.stop_wal, timeline = m.timeline, pg_version_num = m.pg_version_num, system_identifier = m.system_identifier,
  database = m.database, has_errors = m.has_errors, error = m.error, keep_until = m.keep_until, time_of_object = m.time_of_object,
  comparable = m.comparable, raw = m.raw, listed = true, deleted_at = NULL, observed_at = now()
FROM compared m
WHERE c.server = $1 AND c.tool = $2 AND c.storage = m.storage AND c.backup_id = m.backup_id AND m.differs
