-- The archiver's own statistics, its settings, and the WAL lag that they allow. Any login; PostgreSQL 12 to 18, standby too.
-- The lag is null while last_archived_wal names a backup history or timeline file, after a crash, and on a standby.
-- archive_command itself is not fetched: it may hold secrets.
WITH c AS (
  SELECT current_setting('archive_mode') AS archive_mode,
         pg_size_bytes(current_setting('wal_segment_size')) AS segment,
         coalesce(nullif(current_setting('archive_library', true), ''), '') AS library,
         coalesce(nullif(nullif(current_setting('archive_command'), '(disabled)'), ''), '') AS command
)
SELECT c.archive_mode,
       c.library <> '' OR c.command <> '' AS has_command,
       CASE WHEN c.library <> '' THEN NULL WHEN c.command ~ 'wal-g' THEN 'wal-g' WHEN c.command ~ 'pghoard' THEN 'pghoard' END AS tool,
       CASE WHEN c.library = '' AND c.command ~ 'pghoard' THEN substring(c.command from '--site[ =]+["'']?([^ "'']+)') END AS site,
       a.archived_count,
       extract(epoch FROM a.last_archived_time)::float8,
       a.failed_count,
       extract(epoch FROM a.last_failed_time)::float8,
       CASE WHEN NOT pg_is_in_recovery() AND a.last_archived_wal ~ '^[0-9A-F]{24}$' THEN
         greatest(0, (pg_current_wal_lsn() - '0/0'::pg_lsn)
           - (('x' || substr(a.last_archived_wal, 9, 8))::bit(32)::bigint * 4294967296
              + (('x' || substr(a.last_archived_wal, 17, 8))::bit(32)::bigint + 1) * c.segment))::bigint END AS unarchived
FROM c, pg_stat_archiver a
