-- $1 server, $2 tool, $3 the tool's error instead of a list, or null, $4 this host, $5 the number of skipped records, $6 why the first of
-- them was skipped, or null.
INSERT INTO backup_metrics.backup_source AS s (server, tool, imported_at, succeeded_at, error, host, skipped, skipped_reason)
VALUES ($1, $2, now(), CASE WHEN $3::text IS NULL THEN now() END, $3, $4, $5, $6)
ON CONFLICT (server, tool) DO UPDATE SET
  imported_at = excluded.imported_at, succeeded_at = COALESCE(excluded.succeeded_at, s.succeeded_at), error = excluded.error,
  host = excluded.host, skipped = excluded.skipped, skipped_reason = excluded.skipped_reason
