-- $1 server, $2 storage, $3 why the listing was refused. What an earlier one said stays.
INSERT INTO backup_metrics.archive_listing AS l (server, storage, listed_at, imported_at, error)
VALUES ($1, $2, NULL, now(), $3)
ON CONFLICT (server, storage) DO UPDATE SET imported_at = excluded.imported_at, error = excluded.error
