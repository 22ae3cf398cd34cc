-- Running backups, per server, tool and kind: when the first of them started, how many there are, and the longest duration among the
-- hundred newest successful ones (full ones, if the tool does not tell the kind of a running backup). If only one is running, also its
-- progress: while it runs, size_bytes is what it has to copy and stored_bytes what it has copied. $1: the servers as LIKE patterns, a JSON
-- array.
SELECT r.server, r.tool, r.kind, extract(epoch FROM r.since)::float8 AS since, extract(epoch FROM b.longest)::float8 AS longest, r.n, r.complete
FROM (
  SELECT server, tool, kind, min(started_at) AS since, count(*) AS n,
    CASE WHEN count(*) = 1 THEN max(LEAST(stored_bytes, size_bytes)::float8 / NULLIF(size_bytes, 0)) END AS complete
  FROM backup_metrics.backup_catalog
  WHERE status = 'running' AND live AND server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
  GROUP BY 1, 2, 3) r
CROSS JOIN LATERAL (
  SELECT max(newest.at - newest.started_at) AS longest FROM (
    SELECT at, started_at FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.live AND (c.server, c.tool) = (r.server, r.tool) AND c.kind = CASE r.kind WHEN 'base' THEN 'full' ELSE r.kind END
    ORDER BY at DESC LIMIT 100) newest) b
WHERE r.since IS NOT NULL
