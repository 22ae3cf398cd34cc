-- $1 server, $2 storage, $3 when the listing was made, $4 the size of a segment or null, $5 how many segments it names, $6 the segment that
-- the server had archived last before that, or null.
INSERT INTO backup_metrics.archive_listing AS l (server, storage, listed_at, imported_at, segment_size, names, archived_wal, error)
VALUES ($1, $2, $3, now(), $4, $5, $6, NULL)
ON CONFLICT (server, storage) DO UPDATE SET
  listed_at = excluded.listed_at, imported_at = excluded.imported_at, segment_size = excluded.segment_size,
  names = excluded.names, archived_wal = excluded.archived_wal, error = NULL
