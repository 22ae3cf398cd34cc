-- Makes the counts right where somebody wrote past the triggers (a restore of the data alone). Returns how many were wrong.
WITH right_ones AS (
  SELECT server, tool, kind, status, count(*) AS n FROM backup_metrics.backup_catalog WHERE live GROUP BY 1, 2, 3, 4
), wrong AS (
  SELECT COALESCE(r.server, k.server) AS server, COALESCE(r.tool, k.tool) AS tool, COALESCE(r.kind, k.kind) AS kind,
    COALESCE(r.status, k.status) AS status, COALESCE(r.n, 0) AS n
  FROM right_ones r
  FULL JOIN backup_metrics.backup_count k
    ON k.server = r.server AND k.tool = r.tool AND k.kind = r.kind AND k.status = r.status
  WHERE k.n IS DISTINCT FROM COALESCE(r.n, 0)
), mended AS (
  INSERT INTO backup_metrics.backup_count (server, tool, kind, status, n) SELECT server, tool, kind, status, n FROM wrong ORDER BY 1, 2, 3, 4
  ON CONFLICT (server, tool, kind, status) DO UPDATE SET n = excluded.n
  RETURNING 1
)
SELECT count(*) FROM mended
