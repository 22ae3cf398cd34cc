-- $1 server, $2 storage, $3 why the listing was refused, $4 the tool whose list it is instead, or null. What an earlier listing said stays.
-- The list of a tool makes no archive that was never listed: it was typed by mistake. Whether the archive is new; no row where nothing was
-- recorded.
INSERT INTO backup_metrics.archive_listing AS l (server, storage, listed_at, imported_at, error)
SELECT $1, $2, NULL, now(), $3
WHERE $4::text IS NULL OR EXISTS (SELECT FROM backup_metrics.archive_listing known WHERE known.server = $1 AND known.storage = $2)
ON CONFLICT (server, storage) DO UPDATE SET imported_at = excluded.imported_at, error = excluded.error
RETURNING l.listed_at IS NULL
