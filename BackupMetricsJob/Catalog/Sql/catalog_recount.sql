-- Repairs the counts and the chains after writes that bypassed the triggers (such as a data-only restore). Returns how many were wrong.
WITH right_ones AS MATERIALIZED (
  SELECT server, tool, kind, status, count(*) FILTER (WHERE live) AS n FROM backup_metrics.backup_catalog GROUP BY 1, 2, 3, 4
), wrong AS (
  SELECT COALESCE(r.server, k.server) AS server, COALESCE(r.tool, k.tool) AS tool, COALESCE(r.kind, k.kind) AS kind,
    COALESCE(r.status, k.status) AS status, COALESCE(r.n, 0) AS n
  FROM right_ones r
  FULL JOIN backup_metrics.backup_count k
    ON k.server = r.server AND k.tool = r.tool AND k.kind = r.kind AND k.status = r.status
  WHERE k.n IS DISTINCT FROM COALESCE(r.n, 0)
), mended AS (
  INSERT INTO backup_metrics.backup_count (server, tool, kind, status, n)
  SELECT server, tool, kind, status, n FROM wrong WHERE (server, tool) IN (SELECT server, tool FROM right_ones) ORDER BY 1, 2, 3, 4
  ON CONFLICT (server, tool, kind, status) DO UPDATE SET n = excluded.n
  RETURNING 1
), extra AS (
  DELETE FROM backup_metrics.backup_count WHERE (server, tool) NOT IN (SELECT server, tool FROM right_ones) RETURNING 1
), walked AS (
  SELECT backup_metrics.backup_chain_renew(array_agg(server), array_agg(tool)) AS n
  FROM (
    SELECT server, tool FROM right_ones WHERE kind IN ('diff', 'incr')
    UNION
    SELECT server, tool FROM backup_metrics.backup_chain) AS known
)
SELECT (SELECT count(*) FROM mended) + (SELECT count(*) FROM extra) + COALESCE((SELECT n FROM walked), 0)
