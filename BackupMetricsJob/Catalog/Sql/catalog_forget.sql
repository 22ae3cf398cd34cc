-- $1 a server, $2 a tool, or null for all of them and for the listings of its archives. What is removed, in rows: backups, and all else.
WITH backups AS (
  DELETE FROM backup_metrics.backup_catalog WHERE server = $1 AND ($2::text IS NULL OR tool = $2) RETURNING 1
), lists AS (
  DELETE FROM backup_metrics.backup_source WHERE server = $1 AND ($2::text IS NULL OR tool = $2) RETURNING 1
), storages AS (
  DELETE FROM backup_metrics.backup_storage WHERE server = $1 AND ($2::text IS NULL OR tool = $2) RETURNING 1
), archives AS (
  DELETE FROM backup_metrics.archive_listing WHERE server = $1 AND $2::text IS NULL RETURNING 1
)
SELECT (SELECT count(*) FROM backups) AS backups,
       (SELECT count(*) FROM lists) + (SELECT count(*) FROM storages) + (SELECT count(*) FROM archives) AS others
