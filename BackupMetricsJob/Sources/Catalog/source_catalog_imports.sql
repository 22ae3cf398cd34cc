-- For each tool: when its list was last processed, when it could last be read, and the error since; the server's cluster, and the cluster
-- of the newest backup of another cluster; how many records could not be read, and why the first of them could not. $1: the servers as LIKE
-- patterns, a JSON array.
SELECT s.server, s.tool, extract(epoch FROM s.imported_at)::float8 AS imported_at,
       extract(epoch FROM s.succeeded_at)::float8 AS succeeded_at, s.error, s.system_identifier::text AS system_identifier,
       h.system_identifier::text AS history_system_identifier, h.pg_version_num AS history_pg_version_num,
       s.skipped, s.skipped_reason
FROM backup_metrics.backup_source s
LEFT JOIN LATERAL (
  SELECT system_identifier, pg_version_num FROM backup_metrics.backup_catalog c
  WHERE c.status = 'done' AND c.other_cluster AND c.deleted_at IS NULL AND (c.server, c.tool) = (s.server, s.tool)
  ORDER BY at DESC LIMIT 1) h ON true
WHERE s.server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
