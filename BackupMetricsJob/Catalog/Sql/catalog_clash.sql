-- $1 tool, $2 the servers with complete lists and the clusters in these: [{"server": ..., "clusters": ["system identifier", ...]}].
-- Returns the first server whose backups in the catalogue are of a cluster that the list does not name, with both clusters.
SELECT s.server, a.system_identifier::text AS known, s.clusters->>0 AS listed
FROM jsonb_to_recordset($2::jsonb) AS s (server text, clusters jsonb)
CROSS JOIN LATERAL (
  SELECT c.system_identifier FROM backup_metrics.backup_catalog c
  WHERE c.server = s.server AND c.tool = $1 AND c.live AND c.listed AND c.system_identifier IS NOT NULL
  ORDER BY c.at DESC LIMIT 1) a
WHERE NOT s.clusters ? a.system_identifier::text
LIMIT 1
