-- Of the servers whose archive was listed, the five newest good backups of each tool and kind, with the WAL that they need, and whether
-- something that they build on is gone (source_catalog_chains.sql says how that is found). $1: the servers as LIKE patterns, a JSON array.
WITH RECURSIVE listed AS MATERIALIZED (
  SELECT DISTINCT server FROM backup_metrics.archive_listing WHERE server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
), newest AS MATERIALIZED (
  SELECT counted.server, counted.tool, counted.kind, good.*
  FROM listed JOIN backup_metrics.backup_count counted USING (server) CROSS JOIN LATERAL (
    SELECT c.storage, c.backup_id, c.parent_id, c.at, c.start_wal, c.stop_wal, c.start_lsn, c.stop_lsn, c.timeline,
           c.raw->>'wal' AS wal
    FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (counted.server, counted.tool, counted.kind)
    ORDER BY c.at DESC LIMIT 5) good
  WHERE counted.kind IN ('full', 'incr', 'diff', 'base') AND counted.status = 'done' AND counted.n > 0
), chain AS (
  SELECT n.server, n.tool, n.storage, n.backup_id AS leaf, n.backup_id AS mark, n.parent_id,
    CASE WHEN n.kind = 'full' THEN false END AS is_broken, 1 AS depth
  FROM newest n
  UNION ALL
  SELECT c.server, c.tool, c.storage, c.leaf, CASE WHEN c.depth & (c.depth - 1) = 0 THEN p.backup_id ELSE c.mark END, p.parent_id,
    CASE WHEN p.backup_id IS NULL OR p.backup_id = c.mark THEN true WHEN p.kind = 'full' THEN false END, c.depth + 1
  FROM chain c LEFT JOIN LATERAL (
    SELECT p.backup_id, p.parent_id, p.kind FROM backup_metrics.backup_catalog p
    WHERE p.server = c.server AND p.tool = c.tool AND p.storage = c.storage AND p.backup_id = c.parent_id AND p.status = 'done' AND p.live
    LIMIT 1) p ON true
  WHERE c.is_broken IS NULL AND c.parent_id IS NOT NULL AND c.depth <= 10000
), leaf AS (
  SELECT server, tool, storage, leaf, bool_or(is_broken) AS is_broken FROM chain GROUP BY 1, 2, 3, 4
)
SELECT n.server, n.tool, n.kind, n.storage, extract(epoch FROM n.at)::float8 AS finished_at, n.start_wal, n.stop_wal,
       (n.start_lsn - '0/0'::pg_lsn)::bigint AS start_lsn, (n.stop_lsn - '0/0'::pg_lsn)::bigint AS stop_lsn, n.timeline,
       coalesce(leaf.is_broken, false) AS is_broken, n.wal
FROM newest n LEFT JOIN leaf ON leaf.server = n.server AND leaf.tool = n.tool AND leaf.storage = n.storage AND leaf.leaf = n.backup_id
ORDER BY n.server
