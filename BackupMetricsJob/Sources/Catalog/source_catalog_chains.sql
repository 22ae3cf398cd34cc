-- The five newest good backups of each server, tool and kind. Of the incremental and differential ones: how many cannot be restored, since something
-- that they build on, at whatever distance, is not kept in the same storage (wal-g and pgBackRest look for it nowhere else), or is the backup itself.
-- Null where that is not known: the tool names no parents, or the chain is longer than ten thousand. Of the servers whose archive was listed, each
-- backup is a row, of the full ones too, with the WAL that it needs; of the others a group is. $1: the servers as LIKE patterns, a JSON array.
-- Each step is one look into the primary key (so LIMIT 1): a join would read the whole catalogue at each. A circle is found by a mark that is moved
-- on after 1, 2, 4, 8 and so on steps (Brent): who comes to the mark again walks in one.
WITH RECURSIVE listed AS MATERIALIZED (
  SELECT DISTINCT server FROM backup_metrics.archive_listing WHERE server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
), newest AS MATERIALIZED (
  SELECT g.server, g.tool, g.kind, listed.server IS NOT NULL AS is_listed, good.*
  FROM backup_metrics.backup_count g LEFT JOIN listed ON listed.server = g.server CROSS JOIN LATERAL (
    SELECT c.storage, c.backup_id, c.parent_id, c.at, c.start_wal, c.stop_wal, c.start_lsn, c.stop_lsn, c.timeline,
           c.raw->>'wal' AS wal
    FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
    ORDER BY c.at DESC LIMIT 5) good
  WHERE (g.kind IN ('incr', 'diff') OR (g.kind IN ('full', 'base') AND listed.server IS NOT NULL)) AND g.status = 'done' AND g.n > 0
    AND g.server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
), chain AS (
  SELECT n.server, n.tool, n.kind, n.storage, n.backup_id AS leaf, n.backup_id AS mark, n.parent_id, NULL::boolean AS is_broken, 1 AS depth
  FROM newest n WHERE n.kind <> 'full'
  UNION ALL
  SELECT c.server, c.tool, c.kind, c.storage, c.leaf, CASE WHEN c.depth & (c.depth - 1) = 0 THEN p.backup_id ELSE c.mark END, p.parent_id,
    CASE WHEN p.backup_id IS NULL OR p.backup_id = c.mark THEN true WHEN p.kind = 'full' THEN false END, c.depth + 1
  FROM chain c LEFT JOIN LATERAL (
    SELECT p.backup_id, p.parent_id, p.kind FROM backup_metrics.backup_catalog p
    WHERE p.server = c.server AND p.tool = c.tool AND p.storage = c.storage AND p.backup_id = c.parent_id AND p.status = 'done' AND p.live
    LIMIT 1) p ON true
  WHERE c.is_broken IS NULL AND c.parent_id IS NOT NULL AND c.depth <= 10000
), leaf AS (
  SELECT server, tool, kind, storage, leaf, bool_or(is_broken) AS is_broken FROM chain GROUP BY 1, 2, 3, 4, 5
), broken AS (
  SELECT server, tool, kind,
    CASE WHEN bool_or(is_broken) OR bool_and(is_broken IS NOT NULL) THEN count(*) FILTER (WHERE is_broken) END AS chains
  FROM leaf WHERE kind IN ('incr', 'diff') GROUP BY 1, 2, 3
)
SELECT coalesce(n.server, broken.server) AS server, coalesce(n.tool, broken.tool) AS tool, coalesce(n.kind, broken.kind) AS kind,
       broken.chains AS broken_chains, n.storage, extract(epoch FROM n.at)::float8 AS finished_at, n.start_wal, n.stop_wal,
       (n.start_lsn - '0/0'::pg_lsn)::bigint AS start_lsn, (n.stop_lsn - '0/0'::pg_lsn)::bigint AS stop_lsn, n.timeline,
       coalesce(leaf.is_broken, false) AS is_broken, n.wal
FROM broken FULL JOIN (SELECT * FROM newest WHERE is_listed) n
  ON n.server = broken.server AND n.tool = broken.tool AND n.kind = broken.kind
LEFT JOIN leaf ON leaf.server = n.server AND leaf.tool = n.tool AND leaf.kind = n.kind AND leaf.storage = n.storage AND leaf.leaf = n.backup_id
ORDER BY 1
