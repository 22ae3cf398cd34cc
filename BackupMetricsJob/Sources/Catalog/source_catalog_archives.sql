-- When each archive of a server was last listed, and why the last import was refused, if it was.
-- $1: the servers as LIKE patterns, a JSON array.
SELECT l.server, l.storage, extract(epoch FROM l.listed_at)::float8 AS listed_at, l.segment_size, l.error,
       extract(epoch FROM l.imported_at)::float8 AS imported_at, l.archived_wal
FROM backup_metrics.archive_listing l
WHERE l.server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
ORDER BY l.server, l.storage
