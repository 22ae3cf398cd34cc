-- $1 server, $2 tool, $3 what the tool said instead of a list, or null.
INSERT INTO backup_metrics.backup_source AS s (server, tool, imported_at, succeeded_at, error)
VALUES ($1, $2, now(), CASE WHEN $3::text IS NULL THEN now() END, $3)
ON CONFLICT (server, tool) DO UPDATE SET
  imported_at = excluded.imported_at, succeeded_at = COALESCE(excluded.succeeded_at, s.succeeded_at), error = excluded.error
