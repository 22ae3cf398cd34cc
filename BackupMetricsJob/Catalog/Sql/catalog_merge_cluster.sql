-- $1 server, $2 tool, $3 the system identifier and $4 the server_version_num of the server according to the tool, or null.
-- The server's cluster is the one that the tool reports, or else that of its newest backup. Backups known to be of another cluster become
-- history. Returns how many did, and the server's cluster.
WITH newest AS (
  SELECT system_identifier, pg_version_num FROM backup_metrics.backup_catalog
  WHERE server = $1 AND tool = $2 AND status = 'done' AND deleted_at IS NULL
    AND (system_identifier IS NOT NULL OR pg_version_num IS NOT NULL)
  ORDER BY at DESC LIMIT 1
), cluster AS MATERIALIZED (
  SELECT CASE WHEN $3::text IS NULL THEN newest.system_identifier ELSE $3::text::numeric END AS system_identifier,
    CASE WHEN $3::text IS NULL THEN newest.pg_version_num ELSE $4::text::int END AS pg_version_num
  FROM (VALUES (1)) one LEFT JOIN newest ON true
), told AS (
  UPDATE backup_metrics.backup_source s SET system_identifier = cluster.system_identifier, pg_version_num = cluster.pg_version_num
  FROM cluster
  WHERE s.server = $1 AND s.tool = $2
    AND (s.system_identifier, s.pg_version_num) IS DISTINCT FROM (cluster.system_identifier, cluster.pg_version_num)
), changed AS (
  UPDATE backup_metrics.backup_catalog c SET other_cluster = NOT c.other_cluster, observed_at = now()
  FROM cluster
  WHERE c.server = $1 AND c.tool = $2 AND c.other_cluster <> (
    COALESCE(c.system_identifier <> cluster.system_identifier, false)
    OR COALESCE(c.pg_version_num / 10000 <> cluster.pg_version_num / 10000, false))
  RETURNING c.other_cluster AND c.deleted_at IS NULL AS is_history
)
SELECT count(*) FILTER (WHERE changed.is_history) AS history,
  concat_ws(', ', 'system identifier ' || (SELECT system_identifier FROM cluster),
    'PostgreSQL ' || (SELECT pg_version_num FROM cluster) / 10000) AS cluster
FROM changed
