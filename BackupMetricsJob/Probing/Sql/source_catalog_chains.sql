-- Of the ten newest incremental and differential backups of each server, tool and kind, those that cannot be restored because something that
-- they build on, at whatever distance (up to a hundred steps), is not kept. $1: the servers as LIKE patterns, a JSON array.
-- wal-g finds a parent in whichever storage it is, and names it by the beginning of its name only: among its newest.
WITH RECURSIVE newest AS MATERIALIZED (
  SELECT g.server, g.tool, g.kind, c.storage, c.backup_id, c.parent_id
  FROM backup_metrics.backup_count g CROSS JOIN LATERAL (
    SELECT c.storage, c.backup_id, c.parent_id FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.deleted_at IS NULL AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
    ORDER BY c.at DESC LIMIT 10) c
  WHERE g.kind IN ('incr', 'diff') AND g.status = 'done' AND g.n > 0
    AND g.server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
    AND c.parent_id IS NOT NULL
), walg AS MATERIALIZED (
  SELECT s.server, n.storage, n.backup_id, n.parent_id
  FROM (SELECT DISTINCT server FROM newest WHERE tool = 'wal-g') s CROSS JOIN (VALUES ('full' COLLATE "C"), ('incr')) AS k (kind)
  CROSS JOIN LATERAL (
    SELECT c.storage, c.backup_id, c.parent_id FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.deleted_at IS NULL AND (c.server, c.tool, c.kind) = (s.server, 'wal-g', k.kind)
    ORDER BY c.at DESC LIMIT 100) n
), chain AS (
  SELECT n.server, n.tool, n.kind, n.storage AS leaf_storage, n.backup_id AS leaf, n.storage, n.parent_id, 1 AS depth FROM newest n
  UNION ALL
  SELECT c.server, c.tool, c.kind, c.leaf_storage, c.leaf, p.storage, p.parent_id, c.depth + 1
  FROM chain c CROSS JOIN LATERAL (
    SELECT p.storage, p.parent_id FROM backup_metrics.backup_catalog p
    WHERE p.server = c.server AND p.tool = c.tool AND p.storage = c.storage AND p.backup_id = c.parent_id AND p.status = 'done' AND p.deleted_at IS NULL
    UNION ALL
    SELECT w.storage, w.parent_id FROM walg w
    WHERE c.tool = 'wal-g' AND w.server = c.server AND (w.backup_id = c.parent_id OR starts_with(w.backup_id, c.parent_id || '_D_'))
    LIMIT 1) p
  WHERE p.parent_id IS NOT NULL AND c.depth < 100
)
SELECT c.server, c.tool, c.kind, count(DISTINCT (c.leaf_storage, c.leaf))
FROM chain c
WHERE NOT EXISTS (
    SELECT FROM backup_metrics.backup_catalog p
    WHERE p.server = c.server AND p.tool = c.tool AND p.storage = c.storage AND p.backup_id = c.parent_id AND p.status = 'done' AND p.deleted_at IS NULL)
  AND NOT (c.tool = 'wal-g' AND EXISTS (
    SELECT FROM walg w WHERE w.server = c.server AND (w.backup_id = c.parent_id OR starts_with(w.backup_id, c.parent_id || '_D_'))))
GROUP BY 1, 2, 3
