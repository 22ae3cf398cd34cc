-- $1 server, $2 tool, $3 the repositories in the list: [{"storage": ..., "error": ..., "first_wal": ..., "last_wal": ...}].
-- An unreadable repository keeps its known WAL range.
INSERT INTO backup_metrics.backup_storage AS s (server, tool, storage, imported_at, succeeded_at, error, first_wal, last_wal)
SELECT $1, $2, said.storage, now(), CASE WHEN said.error IS NULL THEN now() END, said.error, said.first_wal, said.last_wal
FROM jsonb_to_recordset($3::jsonb) AS said (storage text, error text, first_wal text, last_wal text)
ON CONFLICT (server, tool, storage) DO UPDATE SET
  imported_at = excluded.imported_at, succeeded_at = COALESCE(excluded.succeeded_at, s.succeeded_at), error = excluded.error,
  first_wal = CASE WHEN excluded.error IS NULL THEN excluded.first_wal ELSE s.first_wal END,
  last_wal = CASE WHEN excluded.error IS NULL THEN excluded.last_wal ELSE s.last_wal END
