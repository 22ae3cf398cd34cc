-- $1 a server, $2 a tool, or null for all tools and the archive listings, $3 a storage of that tool, or null for all storages and the
-- tool's list itself. Returns the number of removed rows: existing backups, restore tests, WAL segments, backups that were already gone,
-- and all others.
WITH removed AS (
  DELETE FROM backup_metrics.backup_catalog
  WHERE server = $1 AND ($2::text IS NULL OR tool = $2) AND ($3::text IS NULL OR storage = $3) RETURNING kind, deleted_at
), lists AS (
  DELETE FROM backup_metrics.backup_source WHERE server = $1 AND ($2::text IS NULL OR tool = $2) AND $3::text IS NULL RETURNING 1
), storages AS (
  DELETE FROM backup_metrics.backup_storage
  WHERE server = $1 AND ($2::text IS NULL OR tool = $2) AND ($3::text IS NULL OR storage = $3) RETURNING 1
), archives AS (
  DELETE FROM backup_metrics.archive_listing WHERE server = $1 AND $2::text IS NULL RETURNING 1
)
SELECT count(*) FILTER (WHERE kind NOT IN ('wal', 'restore_test') AND deleted_at IS NULL) AS backups,
       count(*) FILTER (WHERE kind = 'restore_test') AS restore_tests,
       count(*) FILTER (WHERE kind = 'wal' AND deleted_at IS NULL) AS segments,
       count(*) FILTER (WHERE kind <> 'restore_test' AND deleted_at IS NOT NULL) AS gone,
       (SELECT count(*) FROM lists) + (SELECT count(*) FROM storages) + (SELECT count(*) FROM archives) AS others
FROM removed
