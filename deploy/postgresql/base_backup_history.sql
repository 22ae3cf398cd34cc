-- backup_metrics.base_backup_history(): start, end, method and label of the base backups that a server still knows.
-- Run once as a superuser in the database that backup-metrics connects to; PostgreSQL 12 to 18. It is safe to run again.
-- SECURITY DEFINER, so that the job's role needs no privilege on pg_read_binary_file(), which reads any file of the cluster.
--
-- A label has an unknown encoding and may contain lines like those around it. So the file is read as bytes, with non-ASCII bytes as \ooo,
-- as in encode(..., 'escape'), and is matched as a whole, from its first byte to its last. If the file is unexpected or incomplete,
-- all columns but its name and its time are null.
--
-- The times in the file are text with an abbreviated time zone, which cannot be read back (IST, CST). So the end is the file's own
-- time, unless that is more than a minute later than the text, read in log_timezone: then the data directory was copied, and the text is
-- right. Where log_timezone abbreviates otherwise than the text, it was changed since: then a difference of whole quarters of an hour is that
-- of two time zones, and the file's time is right.
-- The start is the end minus the difference of the two texts; null where their zones differ, or where the end is before the start.
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
SET timezone = 'UTC' -- so that what set_config() below changes is changed back
AS $$
  WITH zone AS MATERIALIZED (
    SELECT set_config('timezone', current_setting('log_timezone'), true) AS name
  ), history AS MATERIALIZED (
    SELECT w.name, w.modification,
           regexp_match(
             encode(pg_read_binary_file('pg_wal/' || w.name, 0, 10000, true), 'escape'),  -- missing_ok: it may be removed in the meantime
             '^START WAL LOCATION: ([0-9A-F]+/[0-9A-F]+) [^\n]*\n'
             'STOP WAL LOCATION: ([0-9A-F]+/[0-9A-F]+) [^\n]*\n'
             'CHECKPOINT LOCATION: [^\n]*\n'
             'BACKUP METHOD: ([^\n]*)\n'
             'BACKUP FROM: ([^\n]*)\n'
             'START TIME: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([^\n]*)\n'
             'LABEL: (.*)\n'
             'START TIMELINE: \d+\n'
             'STOP TIME: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([^\n]*)\n'
             'STOP TIMELINE: \d+\n'
             '(INCREMENTAL FROM LSN: [^\n]*\nINCREMENTAL FROM TLI: \d+\n)?$') AS part
    FROM pg_ls_waldir() w
    WHERE w.name ~ '^[0-9A-F]{24}\.[0-9A-F]{8}\.backup$'
  ), told AS (
    SELECT history.name, modification, part,
           part[8]::timestamp AT TIME ZONE zone.name AS stopped,
           extract(epoch FROM modification - part[8]::timestamp AT TIME ZONE zone.name)::float8 AS later,
           to_char(part[8]::timestamp AT TIME ZONE zone.name, 'TZ') = upper(part[9]) AS is_in_zone
    FROM history CROSS JOIN zone
  ), finished AS (
    SELECT name, part,
           CASE WHEN later > 60 AND (is_in_zone OR NOT (later < 27 * 3600 AND abs(later - 900 * round(later / 900)) < 5)) THEN stopped ELSE modification END AS finish
    FROM told
  )
  SELECT name, finish,
         CASE WHEN part[6] = part[9] AND part[8]::timestamp >= part[5]::timestamp
           THEN finish - (part[8]::timestamp - part[5]::timestamp) END,
         part[1]::pg_lsn, part[2]::pg_lsn, part[3], part[4], part[7],
         CASE WHEN part IS NOT NULL THEN part[10] IS NOT NULL END
  FROM finished
$$;
REVOKE ALL ON FUNCTION backup_metrics.base_backup_history() FROM PUBLIC;
