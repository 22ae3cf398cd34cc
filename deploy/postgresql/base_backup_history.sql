-- backup_metrics.base_backup_history(): start, end, method and label of the base backups that a server still remembers.
-- Run once as a superuser in the database that backup-metrics connects to; PostgreSQL 10 to 18; running it again does no harm.
-- It is a SECURITY DEFINER function so that the job's role needs no right on pg_read_file(), which reads any file of the cluster.
--
-- The times in the file are text with an abbreviated time zone, which cannot be read back (IST, CST). So the end is the file's own
-- time, and the start is that minus the difference of the two texts.
--
-- Afterwards, for the role of the job:
--   GRANT pg_monitor TO monitor;
--   GRANT USAGE ON SCHEMA backup_metrics TO monitor;
--   GRANT EXECUTE ON FUNCTION backup_metrics.base_backup_history() TO monitor;
CREATE SCHEMA IF NOT EXISTS backup_metrics;
CREATE OR REPLACE FUNCTION backup_metrics.base_backup_history()
RETURNS TABLE (file_name text, finish_at timestamptz, start_at timestamptz, start_lsn pg_lsn, stop_lsn pg_lsn,
               method text, backup_from text, label text, native_incremental boolean)
LANGUAGE sql SECURITY DEFINER STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH f AS (
    SELECT w.name, w.modification,
           pg_catalog.pg_read_file('pg_wal/' || w.name, 0, 10000, true) AS b  -- missing_ok: it may be removed meanwhile
    FROM pg_catalog.pg_ls_waldir() w
    WHERE w.name ~ '^[0-9A-F]{24}\.[0-9A-F]{8}\.backup$'
  )
  SELECT name, modification,
         modification - (substring(b from 'STOP TIME: (\S+ \S+)')::timestamp
                       - substring(b from 'START TIME: (\S+ \S+)')::timestamp),
         substring(b from 'START WAL LOCATION: (\S+)')::pg_lsn,
         substring(b from 'STOP WAL LOCATION: (\S+)')::pg_lsn,
         substring(b from 'BACKUP METHOD: (\S+)'),
         substring(b from 'BACKUP FROM: (\S+)'),
         substring(b from '\nLABEL: ([^\n]*)'),
         b ~ '\nINCREMENTAL FROM LSN: '
  FROM f WHERE b IS NOT NULL
$$;
REVOKE ALL ON FUNCTION backup_metrics.base_backup_history() FROM PUBLIC;
