-- $1 server, $2 tool. The backups that are both in the list and in the catalogue: their values after the import, and whether these differ
-- from the catalogue's (differs). Followed by catalog_merge_compare.sql or catalog_merge_changed.sql.
-- A value that a list omits is kept: `barman list-backups` tells less about a backup than `barman show-backup`, and has times in whole
-- seconds. A report without a backup's start, if the start is known, is such a summary, and does not change sizes.
-- An object's modification time does not replace the finish time reported by the tool (is_weaker). A done backup does not run again: a
-- passive Barman node reports this while it copies one (is_copy). A running backup has been running since it was first seen.
-- raw is stored with the values it came with. On its own it is no change.
WITH known AS (
  SELECT l.*, c.started_at AS c_started_at, c.finished_at AS c_finished_at, c.size_bytes AS c_size_bytes, c.stored_bytes AS c_stored_bytes,
    c.parent_id AS c_parent_id, c.start_lsn AS c_start_lsn, c.stop_lsn AS c_stop_lsn, c.start_wal AS c_start_wal, c.stop_wal AS c_stop_wal,
    c.timeline AS c_timeline, c.pg_version_num AS c_pg_version_num, c.system_identifier AS c_system_identifier, c.database AS c_database,
    c.error AS c_error, c.raw AS c_raw, c.status AS c_status, c.has_errors AS c_has_errors, c.comparable AS c_comparable,
    c.keep_until AS c_keep_until, c.time_of_object AS c_time_of_object, c.kind AS c_kind,
    c.deleted_at IS NOT NULL OR NOT c.listed AS was_not_listed,
    l.started_at IS NULL AND c.started_at IS NOT NULL AS is_summary,
    l.time_of_object AND NOT c.time_of_object AND c.finished_at IS NOT NULL AS is_weaker,
    l.status = 'running' AND c.status IN ('done', 'waiting') AND c.deleted_at IS NULL AS is_copy,
    l.status = 'running' AND c.status = 'running' AND c.deleted_at IS NULL AS runs_still,
    l.status = c.status AND l.has_errors IS NOT DISTINCT FROM c.has_errors AS same_end
  FROM pg_temp.listing l
  JOIN backup_metrics.backup_catalog c ON c.server = l.server AND c.storage = l.storage AND c.backup_id = l.backup_id
  WHERE l.server = $1 AND c.server = $1 AND c.tool = $2
), began AS (
  SELECT known.*, CASE
      WHEN is_copy THEN c_started_at
      WHEN runs_still THEN LEAST(started_at, c_started_at)
      ELSE COALESCE(started_at, c_started_at)
    END AS began_at
  FROM known
), merged AS (
  SELECT storage, backup_id, kind, CASE WHEN is_copy THEN c_status ELSE status END AS status,
    CASE WHEN is_copy THEN c_keep_until ELSE keep_until END AS keep_until, began_at AS started_at,
    COALESCE(has_errors, c_has_errors) AS has_errors,
    GREATEST(began_at, CASE
      WHEN is_weaker OR finished_at = date_trunc('second', c_finished_at) THEN c_finished_at
      ELSE COALESCE(finished_at, c_finished_at)
    END) AS latest,
    finished_at IS NULL AND c_finished_at IS NULL OR status = 'running' AND NOT is_copy AS unfinished,
    CASE WHEN is_copy THEN c_time_of_object ELSE time_of_object AND NOT is_weaker END AS time_of_object,
    CASE WHEN is_summary OR is_copy THEN c_comparable ELSE comparable END AS comparable,
    CASE WHEN is_summary THEN COALESCE(c_size_bytes, size_bytes) ELSE COALESCE(size_bytes, c_size_bytes) END AS size_bytes,
    CASE WHEN is_summary THEN COALESCE(c_stored_bytes, stored_bytes) ELSE COALESCE(stored_bytes, c_stored_bytes) END AS stored_bytes,
    COALESCE(parent_id, c_parent_id) AS parent_id,
    COALESCE(start_lsn, c_start_lsn) AS start_lsn,
    COALESCE(stop_lsn, c_stop_lsn) AS stop_lsn,
    COALESCE(start_wal, c_start_wal) AS start_wal,
    COALESCE(stop_wal, c_stop_wal) AS stop_wal,
    COALESCE(timeline, c_timeline) AS timeline,
    COALESCE(pg_version_num, c_pg_version_num) AS pg_version_num,
    COALESCE(system_identifier, c_system_identifier) AS system_identifier,
    COALESCE(database, c_database) AS database,
    COALESCE(error, CASE WHEN same_end OR is_copy THEN c_error END) AS error,
    CASE WHEN is_summary THEN COALESCE(c_raw, raw) ELSE COALESCE(raw, c_raw) END AS raw, was_not_listed,
    c_kind, c_status, c_started_at, c_finished_at, c_size_bytes, c_stored_bytes, c_parent_id, c_start_lsn, c_stop_lsn,
    c_start_wal, c_stop_wal, c_timeline, c_pg_version_num, c_system_identifier, c_database, c_has_errors, c_error, c_keep_until,
    c_time_of_object, c_comparable
  FROM began
), said AS (
  SELECT merged.*, CASE WHEN NOT unfinished THEN latest END AS finished_at FROM merged
), compared AS (
  SELECT said.*, was_not_listed OR (
    c_kind, c_status, c_started_at, c_finished_at, c_size_bytes, c_stored_bytes, c_parent_id, c_start_lsn, c_stop_lsn,
    c_start_wal, c_stop_wal, c_timeline, c_pg_version_num, c_system_identifier, c_database, c_has_errors, c_error, c_keep_until,
    c_time_of_object, c_comparable)
  IS DISTINCT FROM (
    kind, status, started_at, finished_at, size_bytes, stored_bytes, parent_id, start_lsn, stop_lsn, start_wal, stop_wal,
    timeline, pg_version_num, system_identifier, database, has_errors, error, keep_until, time_of_object, comparable) AS differs
  FROM said
)
