-- What the catalogue has, one row per server, tool and kind. $1: the servers as LIKE patterns, $2: their names if none of them is a pattern,
-- else null; both JSON arrays. A loose index scan finds the servers and their tools, and then there is one probe a kind for the newest, the oldest,
-- the last failure and the last sizes: index-only, and no dearer where a server has more rows. Only what is in no index (where the newest backup and
-- WAL are in the WAL, their cluster, whose dump the newest is, whether it has its WAL) is fetched from the table: one row a group. What was counted is read, not counted. A backup
-- that is kept for ever is not where the recovery window starts: the WAL after it is not kept. Sizes that are not comparable are not compared. A tool whose
-- backups are all gone still has its row for full, with nothing in it: the server is known. PostgreSQL 12 to 18, without JIT.
WITH RECURSIVE s (server) AS (
  (SELECT server FROM backup_metrics.backup_catalog ORDER BY server LIMIT 1)
  UNION ALL
  SELECT n.server FROM s CROSS JOIN LATERAL (
    SELECT c.server FROM backup_metrics.backup_catalog c WHERE c.server > s.server ORDER BY c.server LIMIT 1) n
), w AS MATERIALIZED (
  SELECT server FROM s WHERE $2::text IS NULL AND server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
  UNION
  SELECT value COLLATE "C" FROM json_array_elements_text($2::json)
), t AS (
  SELECT w.server, n.tool FROM w CROSS JOIN LATERAL (
    SELECT c.tool FROM backup_metrics.backup_catalog c WHERE c.server = w.server ORDER BY c.tool LIMIT 1) n
  UNION ALL
  SELECT t.server, n.tool FROM t CROSS JOIN LATERAL (
    SELECT c.tool FROM backup_metrics.backup_catalog c WHERE c.server = t.server AND c.tool > t.tool ORDER BY c.tool LIMIT 1) n
), n AS (
  SELECT c.server, c.tool, c.kind,
         coalesce(sum(c.n) FILTER (WHERE c.status = 'done'), 0) AS done,
         coalesce(sum(c.n) FILTER (WHERE c.status = 'failed'), 0) AS failed,
         coalesce(sum(c.n) FILTER (WHERE c.status = 'running'), 0) AS running,
         coalesce(sum(c.n) FILTER (WHERE c.status = 'waiting'), 0) AS waiting
  FROM backup_metrics.backup_count c JOIN w USING (server) WHERE c.n > 0 GROUP BY 1, 2, 3
), g AS (
  SELECT t.server, t.tool, k.kind
  FROM t CROSS JOIN (VALUES ('full' COLLATE "C"), ('diff'), ('incr'), ('logical'), ('wal'), ('restore_test')) AS k (kind)
)
SELECT g.server, g.tool, g.kind,
       extract(epoch FROM l.at)::float8 AS finished_at,
       extract(epoch FROM l.started_at)::float8 AS started_at,
       l.size_bytes, l.stored_bytes, l.has_errors,
       extract(epoch FROM o.at)::float8 AS oldest_at,
       extract(epoch FROM x.at)::float8 AS failed_at,
       n.done::bigint AS done, n.failed::bigint AS failed, n.running::bigint AS running, n.waiting::bigint AS waiting,
       CASE WHEN l.size_bytes IS NULL THEN z.stored ELSE z.sizes END AS last_sizes,
       (CASE WHEN p.start_lsn > '7FFFFFFF/FFFFFFFF' THEN '7FFFFFFF/FFFFFFFF' ELSE p.start_lsn END - '0/0'::pg_lsn)::bigint AS start_lsn,
       (CASE WHEN p.stop_lsn > '7FFFFFFF/FFFFFFFF' THEN '7FFFFFFF/FFFFFFFF' ELSE p.stop_lsn END - '0/0'::pg_lsn)::bigint AS stop_lsn,
       p.system_identifier::text AS system_identifier, p.pg_version_num, p.time_of_object, p.start_wal, p.timeline, p.database, p.wal
FROM g
LEFT JOIN n USING (server, tool, kind)
LEFT JOIN LATERAL (
  SELECT at, started_at, size_bytes, stored_bytes, has_errors FROM backup_metrics.backup_catalog c
  WHERE c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
  ORDER BY at DESC LIMIT 1) l ON true
LEFT JOIN LATERAL (
  SELECT at FROM backup_metrics.backup_catalog c
  WHERE g.kind = 'full' AND c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
    AND c.keep_until IS DISTINCT FROM 'infinity'
  ORDER BY at LIMIT 1) o ON true
LEFT JOIN LATERAL (
  SELECT at FROM backup_metrics.backup_catalog c
  WHERE c.status = 'failed' AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
  ORDER BY at DESC LIMIT 1) x ON true
LEFT JOIN LATERAL (
  SELECT string_agg(coalesce(size_bytes::text, ''), ',') AS sizes, string_agg(coalesce(stored_bytes::text, ''), ',') AS stored
  FROM (
    SELECT CASE WHEN comparable THEN size_bytes END AS size_bytes, CASE WHEN comparable THEN stored_bytes END AS stored_bytes
    FROM backup_metrics.backup_catalog c
    WHERE l.at IS NOT NULL AND g.kind IN ('full', 'diff', 'incr', 'logical') AND c.status = 'done' AND c.live
      AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
    ORDER BY at DESC LIMIT 11) newest) z ON true
LEFT JOIN LATERAL (
  SELECT start_lsn, stop_lsn, system_identifier, pg_version_num, time_of_object, start_wal, timeline, database,
         CASE WHEN g.kind IN ('full', 'diff', 'incr') THEN raw->>'wal' END AS wal
  FROM backup_metrics.backup_catalog c
  WHERE g.kind <> 'restore_test' AND c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
  ORDER BY at DESC LIMIT 1) p ON true
WHERE l.at IS NOT NULL OR x.at IS NOT NULL OR n.server IS NOT NULL OR g.kind = 'full'
ORDER BY g.server, g.tool, g.kind
