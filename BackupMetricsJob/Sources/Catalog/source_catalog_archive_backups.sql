-- For each server with a listed archive: the five newest successful backups of each tool and kind, the WAL that each needs, and whether a
-- backup that it depends on is gone.
-- To tell how far back a restore reaches, also the full backups among the thirty newest, the oldest one, and the first one in each of the
-- archive's twenty newest segment ranges, one of which is the first after the newest hole.
-- $1: the servers as LIKE patterns, a JSON array.
SELECT g.server, g.tool, g.kind, good.storage, extract(epoch FROM good.at)::float8 AS finished_at, good.start_wal, good.stop_wal,
       (good.start_lsn - '0/0'::pg_lsn)::bigint AS start_lsn, (good.stop_lsn - '0/0'::pg_lsn)::bigint AS stop_lsn, good.timeline, good.wal,
       good.rank <= 5 AS is_newest, coalesce(good.keep_until = 'infinity', false) AS is_kept_for_ever,
       coalesce(chain.is_broken, false) AS is_broken
FROM (
  SELECT DISTINCT server FROM backup_metrics.archive_listing WHERE server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))) listed
JOIN backup_metrics.backup_count g
  ON g.server = listed.server AND g.kind IN ('full', 'diff', 'incr', 'base') AND g.status = 'done' AND g.n > 0
CROSS JOIN LATERAL (
  SELECT newest.*, row_number() OVER (ORDER BY newest.at DESC) AS rank
  FROM (
    SELECT c.storage, c.backup_id, c.at, c.start_wal, c.stop_wal, c.start_lsn, c.stop_lsn, c.timeline, c.raw->>'wal' AS wal, c.keep_until
    FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
    ORDER BY c.at DESC LIMIT CASE g.kind WHEN 'full' THEN 30 ELSE 5 END) newest
  UNION ALL
  SELECT oldest.*, 31 AS rank
  FROM (
    SELECT c.storage, c.backup_id, c.at, c.start_wal, c.stop_wal, c.start_lsn, c.stop_lsn, c.timeline, c.raw->>'wal' AS wal, c.keep_until
    FROM backup_metrics.backup_catalog c
    WHERE g.n > 30 AND g.kind = 'full' AND c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
      AND c.keep_until IS DISTINCT FROM 'infinity'
    ORDER BY c.at LIMIT 1) oldest
  UNION ALL
  SELECT first.*, 32 AS rank
  FROM (
    SELECT r.storage, EXISTS (
        SELECT FROM backup_metrics.backup_catalog s
        WHERE s.status = 'done' AND s.live AND s.kind IN ('full', 'diff', 'incr', 'base', 'logical')
          AND s.server = g.server AND s.tool = g.tool AND s.storage = r.storage) AS is_of_tool,
      upper(lpad(to_hex(r.timeline), 8, '0') || lpad(to_hex(r.first_segment >> 32), 8, '0') || lpad(to_hex(r.first_segment & 4294967295), 8, '0')) AS from_wal,
      upper(lpad(to_hex(r.timeline), 8, '0') || lpad(to_hex(r.last_segment >> 32), 8, '0') || lpad(to_hex(r.last_segment & 4294967295), 8, '0')) AS to_wal
    FROM backup_metrics.archive_range r
    WHERE g.n > 30 AND g.kind = 'full' AND r.server = g.server AND r.kind = 'segments'
    ORDER BY r.timeline DESC, r.first_segment DESC LIMIT 20) ranges
  CROSS JOIN LATERAL (
    SELECT c.storage, c.backup_id, c.at, c.start_wal, c.stop_wal, c.start_lsn, c.stop_lsn, c.timeline, c.raw->>'wal' AS wal, c.keep_until
    FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
      AND c.keep_until IS DISTINCT FROM 'infinity' AND c.start_wal >= ranges.from_wal COLLATE "C" AND c.start_wal <= ranges.to_wal COLLATE "C"
      AND (c.storage = ranges.storage OR NOT ranges.is_of_tool)
    ORDER BY c.at LIMIT 1) first) good
LEFT JOIN backup_metrics.backup_chain chain
  ON chain.server = g.server AND chain.tool = g.tool AND chain.kind = g.kind AND chain.storage = good.storage AND chain.backup_id = good.backup_id
ORDER BY g.server
