-- $1 server, $2 tool, $3 the storages that the list covers as a JSON array, or null for all, $4 whether the list may be limited to some
-- kinds, $5 the listed backups that could not be read, as a JSON array.
-- Marks backups of earlier lists that are missing in this one as gone. If a kind is not listed at all, its backups are gone only together
-- with the full backup they depend on; their names begin with that backup's name.
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
