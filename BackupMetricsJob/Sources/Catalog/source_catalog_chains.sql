-- Of the five newest incremental and differential backups of each server, tool and kind, those that cannot be restored because something that
-- they build on, at whatever distance (up to a hundred steps), is not kept. $1: the servers as LIKE patterns, a JSON array.
-- wal-g finds a parent in whichever storage it is, and names it by the beginning of its name only: an orphan's is looked for among its newest.
WITH RECURSIVE newest AS MATERIALIZED (
  SELECT g.server, g.tool, g.kind, c.storage, c.backup_id, c.parent_id
  FROM backup_metrics.backup_count g CROSS JOIN LATERAL (
    SELECT c.storage, c.backup_id, c.parent_id FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.deleted_at IS NULL AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
    ORDER BY c.at DESC LIMIT 5) c
  WHERE g.kind IN ('incr', 'diff') AND g.status = 'done' AND g.n > 0
    AND g.server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
    AND c.parent_id IS NOT NULL
), chain AS (
  SELECT n.server, n.tool, n.kind, n.storage, n.backup_id AS leaf, n.parent_id, false AS found, 0 AS depth FROM newest n
  UNION ALL
  SELECT c.server, c.tool, c.kind, c.storage, c.leaf, CASE WHEN p.backup_id IS NULL THEN c.parent_id ELSE p.parent_id END, p.backup_id IS NOT NULL, c.depth + 1
  FROM chain c LEFT JOIN backup_metrics.backup_catalog p
    ON p.server = c.server AND p.tool = c.tool AND p.storage = c.storage AND p.backup_id = c.parent_id AND p.status = 'done' AND p.deleted_at IS NULL
  WHERE c.parent_id IS NOT NULL AND (c.found OR c.depth = 0) AND c.depth < 100
), orphan AS MATERIALIZED (
  SELECT server, tool, kind, parent_id FROM chain WHERE NOT found AND depth > 0
), elsewhere AS MATERIALIZED (
  SELECT s.server, n.backup_id
  FROM (SELECT DISTINCT server FROM orphan WHERE tool = 'wal-g') s CROSS JOIN (VALUES ('full' COLLATE "C"), ('incr')) AS k (kind)
  CROSS JOIN LATERAL (
    SELECT c.backup_id FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.deleted_at IS NULL AND (c.server, c.tool, c.kind) = (s.server, 'wal-g', k.kind)
    ORDER BY c.at DESC LIMIT 100) n
)
SELECT o.server, o.tool, o.kind, count(*)
FROM orphan o
WHERE o.tool <> 'wal-g' OR NOT EXISTS (
  SELECT FROM elsewhere e WHERE e.server = o.server AND (e.backup_id = o.parent_id OR starts_with(e.backup_id, o.parent_id || '_D_')))
GROUP BY 1, 2, 3
