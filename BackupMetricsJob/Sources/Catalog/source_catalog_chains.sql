-- Of the five newest incremental and differential backups of each server, tool and kind, those that cannot be restored because something that
-- they build on, at whatever distance, is not kept in the same storage (wal-g and pgBackRest look for it nowhere else), or is the backup itself.
-- Null where that is not known: the tool names no parents, or the chain is longer than ten thousand. $1: the servers as LIKE patterns, a JSON array.
-- Each step is one look into the primary key (so LIMIT 1): a join would read the whole catalogue at each. A circle is found by a mark that is moved
-- on after 1, 2, 4, 8 and so on steps (Brent): who comes to the mark again walks in one.
WITH RECURSIVE newest AS MATERIALIZED (
  SELECT g.server, g.tool, g.kind, c.storage, c.backup_id, c.parent_id
  FROM backup_metrics.backup_count g CROSS JOIN LATERAL (
    SELECT c.storage, c.backup_id, c.parent_id FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
    ORDER BY c.at DESC LIMIT 5) c
  WHERE g.kind IN ('incr', 'diff') AND g.status = 'done' AND g.n > 0
    AND g.server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
), chain AS (
  SELECT n.server, n.tool, n.kind, n.storage, n.backup_id AS leaf, n.backup_id AS mark, n.parent_id, NULL::boolean AS is_broken, 1 AS depth
  FROM newest n
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
)
SELECT server, tool, kind,
       CASE WHEN bool_or(is_broken) OR bool_and(is_broken IS NOT NULL) THEN count(*) FILTER (WHERE is_broken) END AS broken
FROM leaf GROUP BY 1, 2, 3
