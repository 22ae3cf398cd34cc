-- Backups that run, per server, tool and kind: since when the first of them does, and the longest that any of the hundred newest good ones took.
-- $1: the servers as LIKE patterns, a JSON array.
SELECT r.server, r.tool, r.kind, extract(epoch FROM r.since)::float8, extract(epoch FROM b.longest)::float8
FROM (
  SELECT server, tool, kind, min(started_at) AS since FROM backup_metrics.backup_catalog
  WHERE status = 'running' AND deleted_at IS NULL AND server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
  GROUP BY 1, 2, 3) r
CROSS JOIN LATERAL (
  SELECT max(newest.at - newest.started_at) AS longest FROM (
    SELECT at, started_at FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.deleted_at IS NULL AND (c.server, c.tool, c.kind) = (r.server, r.tool, r.kind)
    ORDER BY at DESC LIMIT 100) newest) b
WHERE r.since IS NOT NULL
