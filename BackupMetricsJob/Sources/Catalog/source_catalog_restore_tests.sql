-- The newest drill of each server and tool, successful or failed: its end, its result and its details. Tests recorded by a script have no
-- details.
-- $1: the servers as LIKE patterns, a JSON array.
SELECT tested.server, tested.tool, newest.status = 'done' AS succeeded, extract(epoch FROM newest.at)::float8 AS ended, newest.raw::text AS details,
       newest.error
FROM (
  SELECT DISTINCT server, tool FROM backup_metrics.backup_count
  WHERE kind = 'restore_test' AND n > 0 AND server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))) tested
CROSS JOIN LATERAL (
  (SELECT status, at, raw, error FROM backup_metrics.backup_catalog c
   WHERE c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (tested.server, tested.tool, 'restore_test') ORDER BY at DESC LIMIT 1)
  UNION ALL
  (SELECT status, at, raw, error FROM backup_metrics.backup_catalog c
   WHERE c.status = 'failed' AND (c.server, c.tool, c.kind) = (tested.server, tested.tool, 'restore_test') ORDER BY at DESC LIMIT 1)
  ORDER BY at DESC LIMIT 1) newest
WHERE newest.raw IS NOT NULL
