-- $1 server, $2 storage, $3 why the listing was refused, $4 the tool whose list was given instead, or null. The data of an earlier listing
-- stays. A tool's list does not create an archive that was never listed, because it was a typing error. Returns whether the archive is new,
-- or no row if nothing was recorded.
INSERT INTO backup_metrics.archive_listing AS l (server, storage, listed_at, imported_at, error)
SELECT $1, $2, NULL, now(), $3
WHERE $4::text IS NULL OR EXISTS (SELECT FROM backup_metrics.archive_listing known WHERE known.server = $1 AND known.storage = $2)
ON CONFLICT (server, storage) DO UPDATE SET imported_at = excluded.imported_at, error = excluded.error
RETURNING l.listed_at IS NULL
