-- $1 server, $2 tool. What an earlier list had and this one, which is complete, has not.
UPDATE backup_metrics.backup_catalog c
SET deleted_at = now(), observed_at = now()
WHERE c.server = $1 AND c.tool = $2 AND c.listed AND c.deleted_at IS NULL AND NOT EXISTS (
  SELECT FROM pg_temp.listing l WHERE l.server = $1 AND l.storage = c.storage AND l.backup_id = c.backup_id)
