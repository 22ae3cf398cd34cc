-- The content of the catalogue, one row per server, tool and kind. PostgreSQL 12 to 18, without JIT.
-- $1: the servers as LIKE patterns. $2: their names if none of them is a pattern, else null. Both are JSON arrays.
-- The counts tell which servers, tools and kinds exist, and which lookups can be skipped. For each kind there is one index probe for the
-- newest, the oldest, the last failure and the last sizes, so more rows per server cost no more. Only the newest is fetched from the table,
-- one row per group; the rest is index-only.
-- A backup kept for ever does not start the recovery window, because the WAL after it is not kept. Sizes that are not comparable are left
-- out, and with fewer than four backups there is no ratio.
-- A tool whose backups are all gone still has a row for "full" without values, so that the server stays known. There is no such row if only
-- zero counts are left: two concurrent deletes may each leave them to the other. This is one lookup in the primary key, because an EXISTS
-- may be hashed and read the whole catalogue.
WITH written AS MATERIALIZED (
  SELECT c.server, c.tool, c.kind, c.status, c.n FROM backup_metrics.backup_count c
  WHERE $2::text IS NULL AND c.server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
  UNION ALL
  SELECT c.server, c.tool, c.kind, c.status, c.n FROM backup_metrics.backup_count c
  WHERE c.server = ANY (ARRAY(SELECT json_array_elements_text($2::json)))
), counted AS MATERIALIZED (
  SELECT w.server, w.tool, w.kind, w.status, w.n FROM written w
  WHERE w.n > 0 OR (w.server, w.tool) IN (SELECT server, tool FROM written WHERE n > 0)
    OR (SELECT true FROM backup_metrics.backup_catalog c WHERE c.server = w.server AND c.tool = w.tool ORDER BY c.storage LIMIT 1)
), g AS MATERIALIZED (
  SELECT server, tool, kind, sum(n) AS kept,
         coalesce(sum(n) FILTER (WHERE status = 'done'), 0) AS done,
         coalesce(sum(n) FILTER (WHERE status = 'failed'), 0) AS failed,
         coalesce(sum(n) FILTER (WHERE status = 'running'), 0) AS running,
         coalesce(sum(n) FILTER (WHERE status = 'waiting'), 0) AS waiting,
         bool_or(status = 'failed') AS ever_failed
  FROM (
    SELECT server, tool, kind, status, n FROM counted WHERE kind <> 'base'
    UNION ALL
    SELECT DISTINCT server, tool, 'full' COLLATE "C", 'none', 0 FROM counted) known
  GROUP BY server, tool, kind
)
SELECT g.server, g.tool, g.kind,
       extract(epoch FROM l.at)::float8 AS finished_at,
       extract(epoch FROM l.started_at)::float8 AS started_at,
       l.size_bytes, l.stored_bytes, l.has_errors,
       extract(epoch FROM o.at)::float8 AS oldest_at,
       extract(epoch FROM x.at)::float8 AS failed_at,
       CASE WHEN g.kept > 0 THEN g.done::bigint END AS done, g.failed::bigint AS failed, g.running::bigint AS running, g.waiting::bigint AS waiting,
       CASE WHEN l.size_bytes IS NULL THEN z.stored ELSE z.sizes END AS last_sizes,
       (CASE WHEN l.start_lsn > '7FFFFFFF/FFFFFFFF' THEN '7FFFFFFF/FFFFFFFF' ELSE l.start_lsn END - '0/0'::pg_lsn)::bigint AS start_lsn,
       (CASE WHEN l.stop_lsn > '7FFFFFFF/FFFFFFFF' THEN '7FFFFFFF/FFFFFFFF' ELSE l.stop_lsn END - '0/0'::pg_lsn)::bigint AS stop_lsn,
       l.system_identifier::text AS system_identifier, l.pg_version_num, l.time_of_object, l.start_wal, l.timeline, l.database, l.wal
FROM g
LEFT JOIN LATERAL (
  SELECT at, started_at, size_bytes, stored_bytes, has_errors,
         start_lsn, stop_lsn, system_identifier, pg_version_num, time_of_object, start_wal, timeline, database,
         CASE WHEN g.kind IN ('full', 'diff', 'incr') THEN raw->>'wal' END AS wal
  FROM backup_metrics.backup_catalog c
  WHERE g.done > 0 AND c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
  ORDER BY at DESC LIMIT 1) l ON true
LEFT JOIN LATERAL (
  SELECT at FROM backup_metrics.backup_catalog c
  WHERE g.done > 0 AND g.kind = 'full' AND c.status = 'done' AND c.live AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
    AND c.keep_until IS DISTINCT FROM 'infinity'
  ORDER BY at LIMIT 1) o ON true
LEFT JOIN LATERAL (
  SELECT at FROM backup_metrics.backup_catalog c
  WHERE g.ever_failed AND c.status = 'failed' AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
  ORDER BY at DESC LIMIT 1) x ON true
LEFT JOIN LATERAL (
  SELECT string_agg(coalesce(size_bytes::text, ''), ',') AS sizes, string_agg(coalesce(stored_bytes::text, ''), ',') AS stored
  FROM (
    SELECT CASE WHEN comparable THEN size_bytes END AS size_bytes, CASE WHEN comparable THEN stored_bytes END AS stored_bytes
    FROM backup_metrics.backup_catalog c
    WHERE g.done > 3 AND g.kind IN ('full', 'diff', 'incr', 'logical') AND c.status = 'done' AND c.live
      AND (c.server, c.tool, c.kind) = (g.server, g.tool, g.kind)
    ORDER BY at DESC LIMIT 11) newest) z ON true
WHERE g.kept > 0 OR x.at IS NOT NULL OR g.kind = 'full'
ORDER BY g.server, g.tool, g.kind
