-- $1 tool, $2 the servers with complete lists that name no cluster: [{"server": ..., "storages": [...] or null}].
-- Returns the first server that shares no backup with its list, how many it has within what the list covers, and how many are listed. That
-- counts only if its newest backup is newer than the oldest listed one: after a retention or a long time all listed backups may be new, but
-- then all are newer than the old ones.
SELECT listed.server, known.backups AS known, (SELECT count(*) FROM pg_temp.listing l WHERE l.server = listed.server) AS listed
FROM jsonb_to_recordset($2::jsonb) AS listed (server text, storages jsonb)
CROSS JOIN LATERAL (
  SELECT count(*) AS backups, max(c.at) AS newest FROM backup_metrics.backup_catalog c
  WHERE c.server = listed.server AND c.tool = $1 AND c.live AND c.listed AND c.status = 'done'
    AND (listed.storages IS NULL OR jsonb_typeof(listed.storages) = 'null' OR listed.storages ? c.storage)) known
WHERE known.backups > 0
  AND known.newest > (
    SELECT min(COALESCE(l.finished_at, l.started_at)) FROM pg_temp.listing l WHERE l.server = listed.server AND l.status = 'done')
  AND NOT EXISTS (
    SELECT FROM pg_temp.listing l JOIN backup_metrics.backup_catalog c ON c.server = l.server AND c.backup_id = l.backup_id
    WHERE l.server = listed.server AND c.server = listed.server AND c.tool = $1)
LIMIT 1
