-- $1 tool, $2 the new servers with their clusters: [{"server": ..., "clusters": ["system identifier", ...]}].
-- Returns the servers in the catalogue that have the same backups as one of these, by name and finish time, or that are the same cluster
-- according to any tool.
-- Three backups are compared, each with one primary key lookup per server of the tool.
WITH named AS MATERIALIZED (
  SELECT server, clusters FROM jsonb_to_recordset($2::jsonb) AS named (server text, clusters jsonb)
), newest AS MATERIALIZED (
  SELECT named.server, listed.storage, listed.backup_id, listed.finished_at
  FROM named CROSS JOIN LATERAL (
    SELECT l.storage, l.backup_id, l.finished_at FROM pg_temp.listing l
    WHERE l.server = named.server AND l.status = 'done' AND l.finished_at IS NOT NULL
    ORDER BY l.finished_at DESC LIMIT 3) listed
), same AS (
  SELECT newest.server, s.server AS known, s.tool, true AS has_backups
  FROM newest JOIN backup_metrics.backup_source s ON s.tool = $1 AND s.server <> newest.server
  CROSS JOIN LATERAL (
    SELECT FROM backup_metrics.backup_catalog c
    WHERE c.server = s.server AND c.tool = $1 AND c.storage = newest.storage AND c.backup_id = newest.backup_id
      AND c.finished_at = newest.finished_at AND c.live
    LIMIT 1) found
  UNION ALL
  SELECT named.server, s.server, s.tool, false
  FROM named JOIN backup_metrics.backup_source s ON named.clusters ? s.system_identifier::text AND s.server <> named.server
)
SELECT DISTINCT ON (server) server, known, tool, has_backups FROM same ORDER BY server, has_backups DESC, known, tool
