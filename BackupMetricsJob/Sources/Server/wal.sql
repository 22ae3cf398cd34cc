-- What pg_wal, archive_status and the WAL receivers show. pg_monitor; PostgreSQL 12 to 18, primary and standby.
-- A segment's number is its position in the WAL stream, whatever the timeline. The current segment is the one that contains the last
-- written byte. Since PostgreSQL 17, pg_walfile_name() of a segment's first byte names a file that may not exist yet, or may be an old one
-- recycled for later use.
-- A .done file keeps the time of the .ready file it was renamed from, which is when the segment was complete. A walreceiver writes .done
-- files, too.
-- So the .done file of the last archived segment cannot be younger than last_archived_time. If it is, all files have the times of a copy
-- (cp -r).
-- If the archiver has been dead for long, there may be a hundred thousand .ready files. Each is examined only once (hence MATERIALIZED),
-- without regular expressions.
-- `done` reports completion times only of the newest segment in each 5 seconds of the last hour, and in each 5 minutes before that.
-- A receiver that stores WAL shows no replay position. wal-g's does, and is recognised by its slot. Others are recognised by the slot or
-- application names that the user gives in backup_metrics.receivers, one per line.
-- A logical receiver is no archive. Neither is pg_basebackup's own, whatever its name: its slot is temporary, or the backup it belongs to
-- started before it over a connection like its own.
WITH setting AS MATERIALIZED (
  SELECT clock_timestamp() AS now,
         pg_size_bytes(current_setting('wal_segment_size')) AS segment_size,
         extract(epoch FROM current_setting('archive_timeout')::interval)::float8 AS archive_timeout,
         pg_is_in_recovery() AS is_standby,
         CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END AS written_lsn
), written AS MATERIALIZED (
  SELECT setting.*,
         4294967296 / segment_size AS segments_per_id,
         (written_lsn - '0/0'::pg_lsn)::bigint AS bytes,
         greatest(0, ((written_lsn - '0/0'::pg_lsn)::bigint - 1) / segment_size) AS current_number,
         CASE WHEN NOT is_standby THEN left(pg_walfile_name(written_lsn), 8) END AS timeline
  FROM setting
), file AS MATERIALIZED (
  SELECT name, size, modification FROM pg_ls_waldir()
), segment AS MATERIALIZED (
  SELECT left(name, 8) AS timeline,
         ('x' || substr(name, 9, 8))::bit(32)::bigint * written.segments_per_id + ('x' || substr(name, 17, 8))::bit(32)::bigint AS number,
         modification
  FROM file CROSS JOIN written WHERE length(name) = 24 AND translate(name, '0123456789ABCDEF', '') = ''
), mark AS MATERIALIZED (
  SELECT modification,
         name = (SELECT last_archived_wal || '.done' FROM pg_stat_archiver) AS is_last,
         left(name, 8) AS timeline,
         substr(name, 9, 16) COLLATE "C" AS place,
         right(name, 6) = '.ready' AS is_ready,
         translate(left(name, 24), '0123456789ABCDEF', '') = '' AND substr(name, 25) IN ('.ready', '.done') AND length(name) > 28 AS is_segment
  FROM pg_ls_archive_statusdir()
), queue AS MATERIALIZED (
  SELECT count(*) FILTER (WHERE is_ready AND is_segment) AS ready_segments,
         count(*) FILTER (WHERE is_ready AND NOT is_segment) AS ready_others,
         count(*) FILTER (WHERE NOT is_ready AND is_segment) AS done_segments,
         min(place) FILTER (WHERE is_ready AND is_segment) AS first_ready,
         max(place || extract(epoch FROM modification)) FILTER (WHERE NOT is_ready AND is_segment AND timeline = (SELECT timeline FROM written)) AS newest_done,
         min(modification) FILTER (WHERE is_ready AND is_segment) AS oldest_ready_segment,
         min(modification) FILTER (WHERE is_ready) AS oldest_ready,
         bool_or(is_last AND modification > (SELECT last_archived_time + interval '1 minute' FROM pg_stat_archiver)) AS is_copy
  FROM mark
), archive AS (
  SELECT coalesce(
           ('x' || left(first_ready, 8))::bit(32)::bigint * segments_per_id + ('x' || right(first_ready, 8))::bit(32)::bigint,
           bytes / segment_size) AS first_unarchived,
         ('x' || left(newest_done, 8))::bit(32)::bigint * segments_per_id + ('x' || substr(newest_done, 9, 8))::bit(32)::bigint AS newest_done,
         substr(newest_done, 17)::float8 AS newest_done_modification
  FROM queue CROSS JOIN written
), done AS (
  SELECT max(place) AS place, max(modification) AS modification
  FROM mark CROSS JOIN written WHERE NOT is_ready AND is_segment AND mark.timeline = written.timeline
  GROUP BY floor(extract(epoch FROM modification) / CASE WHEN modification > written.now - interval '1 hour' THEN 5 ELSE 300 END)
  ORDER BY 1 DESC LIMIT 1000
), backup AS (
  SELECT left(name, 8) AS timeline,
         ('x' || substr(name, 9, 8))::bit(32)::bigint * 4294967296 + ('x' || substr(name, 17, 8))::bit(32)::bigint * segment_size
           + ('x' || substr(name, 26, 8))::bit(32)::bigint AS start
  FROM file CROSS JOIN written WHERE name ~ '^[0-9A-F]{8}[0-7][0-9A-F]{15}\.[0-9A-F]{8}\.backup$' ORDER BY name DESC LIMIT 1
), receiver AS (
  SELECT stream.flush_lsn, stream.reply_time, floor((stream.flush_lsn - '0/0'::pg_lsn) / written.segment_size) AS whole_segments
  FROM pg_stat_replication stream CROSS JOIN written LEFT JOIN pg_replication_slots slot ON slot.active_pid = stream.pid
  WHERE stream.reply_time IS NOT NULL AND stream.state IN ('streaming', 'catchup') AND slot.slot_type IS DISTINCT FROM 'logical'
    AND (stream.replay_lsn IS NULL OR slot.slot_name = 'walg'
      OR ARRAY[stream.application_name, slot.slot_name::text] && string_to_array(current_setting('backup_metrics.receivers', true), E'\n'))
    AND stream.application_name <> 'pg_basebackup'
    AND NOT (coalesce(slot.temporary, false) AND slot.slot_name ~ '^pg_basebackup_[0-9]+$')
    AND NOT EXISTS (
      SELECT FROM pg_stat_replication copy
      WHERE copy.state = 'backup' AND copy.application_name = stream.application_name AND copy.usesysid = stream.usesysid
        AND copy.client_addr IS NOT DISTINCT FROM stream.client_addr AND copy.backend_start <= stream.backend_start)
  ORDER BY stream.flush_lsn DESC NULLS LAST, stream.reply_time DESC LIMIT 1
)
SELECT (SELECT coalesce(sum(size), 0) FROM file)::bigint AS directory_bytes,
       queue.ready_segments,
       queue.done_segments,
       extract(epoch FROM queue.oldest_ready)::float8 AS oldest_ready,
       greatest(0, written.bytes - archive.first_unarchived * written.segment_size) AS unarchived,
       CASE WHEN archive.newest_done < archive.first_unarchived THEN archive.newest_done_modification END AS newest_done,
       extract(epoch FROM (
         SELECT modification FROM segment WHERE segment.timeline = written.timeline AND number < archive.first_unarchived
         ORDER BY number DESC LIMIT 1))::float8 AS newest_before_unarchived,
       CASE WHEN NOT written.is_standby THEN extract(epoch FROM (
         SELECT modification FROM segment WHERE number = written.current_number ORDER BY segment.timeline DESC LIMIT 1))::float8 END AS last_write,
       written.archive_timeout,
       CASE WHEN NOT written.is_standby AND archive.first_unarchived * written.segment_size >= backup.start THEN
         archive.first_unarchived * written.segment_size - backup.start END AS replay,
       receiver.flush_lsn >= written.written_lsn AS receiver_is_current,
       extract(epoch FROM receiver.reply_time)::float8 AS receiver_reply,
       extract(epoch FROM (
         SELECT modification FROM segment WHERE number < receiver.whole_segments ORDER BY number DESC, segment.timeline DESC LIMIT 1))::float8 AS newest_flushed,
       extract(epoch FROM written.now)::float8 AS now,
       archive.first_unarchived * written.segment_size AS archive_end,
       queue.ready_others,
       extract(epoch FROM queue.oldest_ready_segment)::float8 AS oldest_ready_segment,
       written.segment_size,
       ('x' || written.timeline)::bit(32)::int AS timeline,
       extract(epoch FROM (SELECT modification FROM file WHERE name = written.timeline || '.history'))::float8 AS timeline_began,
       ('x' || backup.timeline)::bit(32)::int AS backup_timeline,
       backup.start AS backup_start,
       queue.is_copy,
       queue.oldest_ready IS NOT NULL
         AND EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'archiver' AND wait_event = 'ArchiveCommand') AS attempt_is_running,
       (SELECT string_agg(
          ('x' || left(place, 8))::bit(32)::bigint * segments_per_id + ('x' || right(place, 8))::bit(32)::bigint
            || ' ' || extract(epoch FROM modification)::float8, ',') FROM done) AS done
FROM written CROSS JOIN queue CROSS JOIN archive LEFT JOIN backup ON true LEFT JOIN receiver ON true
