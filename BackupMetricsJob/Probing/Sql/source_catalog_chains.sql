-- Of the ten newest incremental and differential backups of each server, tool and kind, those whose parent is not kept. $1: the servers as LIKE
-- patterns, a JSON array. wal-g finds a parent in whichever storage it is, and names it by the beginning of its name only: among its newest.
WITH orphan AS MATERIALIZED (
  SELECT g.server, g.tool, g.kind, c.parent_id
  FROM backup_metrics.backup_count g CROSS JOIN LATERAL (
    SELECT c.storage, c.parent_id FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.deleted_at IS NULL AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
    ORDER BY c.at DESC LIMIT 10) c
  WHERE g.kind IN ('incr', 'diff') AND g.status = 'done' AND g.n > 0
    AND g.server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
    AND c.parent_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM backup_metrics.backup_catalog p
      WHERE p.server = g.server AND p.tool = g.tool AND p.storage = c.storage AND p.backup_id = c.parent_id
        AND p.status = 'done' AND p.deleted_at IS NULL)
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
