-- What pg_wal, archive_status and the WAL receivers say. pg_monitor; PostgreSQL 12 to 18, primary and standby.
-- A .done file keeps the time of the .ready file it was renamed from: when the segment was complete.
-- A receiver that keeps WAL shows no replay position; pg_basebackup's own, and logical ones, are not archives.
WITH p AS MATERIALIZED (
  SELECT clock_timestamp() AS now,
         pg_size_bytes(current_setting('wal_segment_size')) AS segment,
         extract(epoch FROM current_setting('archive_timeout')::interval)::float8 AS archive_timeout,
         pg_is_in_recovery() AS standby,
         CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END AS lsn
), f AS MATERIALIZED (
  SELECT name, size, modification FROM pg_ls_waldir()
), w AS MATERIALIZED (
  SELECT name, modification,
         ('x' || substr(name, 9, 8))::bit(32)::bigint * (4294967296 / (SELECT segment FROM p))
           + ('x' || substr(name, 17, 8))::bit(32)::bigint AS number
  FROM f WHERE name ~ '^[0-9A-F]{24}$'
), s AS MATERIALIZED (
  SELECT left(name, 24) AS name, modification, name LIKE '%.ready' AS ready,
         ('x' || substr(name, 9, 8))::bit(32)::bigint * (4294967296 / (SELECT segment FROM p))
           + ('x' || substr(name, 17, 8))::bit(32)::bigint AS number
  FROM pg_ls_archive_statusdir() WHERE name ~ '^[0-9A-F]{24}\.(ready|done)$'
), q AS (
  SELECT count(*) FILTER (WHERE ready) AS ready, count(*) FILTER (WHERE NOT ready) AS done,
         min(name) FILTER (WHERE ready) AS first_ready, min(number) FILTER (WHERE ready) AS first_number,
         min(modification) FILTER (WHERE ready) AS oldest_ready
  FROM s
), l AS (
  SELECT p.*, q.*,
         coalesce(q.first_number, floor((p.lsn - '0/0'::pg_lsn) / p.segment)) * p.segment AS archive_end,
         CASE WHEN NOT p.standby THEN pg_walfile_name(p.lsn) END AS current_file
  FROM p, q
), b AS (
  SELECT (('x' || substr(name, 9, 8))::bit(32)::bigint * 4294967296 + ('x' || substr(name, 17, 8))::bit(32)::bigint * (SELECT segment FROM p)
         + ('x' || substr(name, 26, 8))::bit(32)::bigint) AS start
  FROM f WHERE name ~ '^[0-9A-F]{24}\.[0-9A-F]{8}\.backup$' ORDER BY modification DESC, name DESC LIMIT 1
), r AS (
  SELECT r.flush_lsn, r.reply_time, floor((r.flush_lsn - '0/0'::pg_lsn) / (SELECT segment FROM p)) AS whole_segments
  FROM pg_stat_replication r
  WHERE r.replay_lsn IS NULL AND r.reply_time IS NOT NULL AND r.state IN ('streaming', 'catchup') AND r.application_name <> 'pg_basebackup'
    AND NOT EXISTS (SELECT FROM pg_replication_slots o WHERE o.active_pid = r.pid AND o.slot_type = 'logical')
  ORDER BY r.flush_lsn DESC NULLS LAST, r.reply_time DESC LIMIT 1
)
SELECT (SELECT coalesce(sum(size), 0) FROM f)::bigint,
       l.ready, l.done,
       extract(epoch FROM l.oldest_ready)::float8,
       ((l.lsn - '0/0'::pg_lsn) - l.archive_end)::bigint AS unarchived,
       extract(epoch FROM (SELECT modification FROM s WHERE NOT ready ORDER BY name DESC LIMIT 1))::float8 AS newest_done,
       extract(epoch FROM (SELECT modification FROM w WHERE name < coalesce(l.first_ready, l.current_file) ORDER BY name DESC LIMIT 1))::float8 AS newest_before_unarchived,
       extract(epoch FROM (SELECT modification FROM w WHERE name = l.current_file))::float8 AS last_write,
       l.archive_timeout,
       CASE WHEN NOT l.standby AND l.archive_end >= b.start THEN (l.archive_end - b.start)::bigint END AS replay,
       r.flush_lsn >= l.lsn AS receiver_is_current,
       extract(epoch FROM r.reply_time)::float8 AS receiver_reply,
       extract(epoch FROM (SELECT modification FROM w WHERE number < r.whole_segments ORDER BY name DESC LIMIT 1))::float8 AS newest_flushed,
       extract(epoch FROM l.now)::float8,
       l.archive_end::bigint
FROM l LEFT JOIN b ON true LEFT JOIN r ON true
