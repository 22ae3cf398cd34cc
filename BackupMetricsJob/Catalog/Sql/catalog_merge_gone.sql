-- $1 server, $2 tool, $3 the storages that the list covers as a JSON array, or null for all, $4 whether it may be a list of some kinds only,
-- $5 the backups that it lists and that could not be read, as a JSON array. What an earlier list had and this one has not. A kind that is
-- not listed at all is gone only with the full backup that it builds on, whose name begins the names of those that build on it.
UPDATE backup_metrics.backup_catalog c
SET deleted_at = now(), observed_at = now()
WHERE c.server = $1 AND c.tool = $2 AND c.listed AND c.deleted_at IS NULL
  AND ($3::jsonb IS NULL OR $3::jsonb ? c.storage) AND NOT $5::jsonb ? c.backup_id
  AND NOT EXISTS (SELECT FROM pg_temp.listing l WHERE l.server = $1 AND l.storage = c.storage AND l.backup_id = c.backup_id)
  AND (NOT $4 OR c.kind = 'base'
    OR EXISTS (SELECT FROM pg_temp.listing l WHERE l.server = $1 AND l.storage = c.storage AND l.kind = c.kind)
    OR NOT EXISTS (SELECT FROM pg_temp.listing l WHERE l.server = $1 AND l.storage = c.storage AND l.kind <> 'base')
    OR c.kind <> 'full' AND EXISTS (SELECT FROM pg_temp.listing l WHERE l.server = $1 AND l.storage = c.storage AND l.kind = 'full')
      AND NOT EXISTS (
        SELECT FROM pg_temp.listing l WHERE l.server = $1 AND l.storage = c.storage AND l.backup_id = split_part(c.backup_id, '_', 1)))
