-- Records one row as reported by a script. Recording it again changes only what differs. Returns no row if the ID belongs to a backup of
-- another kind.
INSERT INTO backup_metrics.backup_catalog AS c (
  server, tool, kind, storage, backup_id, status, started_at, finished_at, size_bytes, stored_bytes, parent_id, database, error, raw)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::jsonb)
ON CONFLICT (server, tool, storage, backup_id) DO UPDATE SET
  status = excluded.status, started_at = COALESCE(excluded.started_at, c.started_at), finished_at = excluded.finished_at,
  size_bytes = COALESCE(excluded.size_bytes, c.size_bytes), stored_bytes = COALESCE(excluded.stored_bytes, c.stored_bytes),
  parent_id = COALESCE(excluded.parent_id, c.parent_id), database = COALESCE(excluded.database, c.database), error = excluded.error,
  raw = COALESCE(excluded.raw, c.raw),
  deleted_at = NULL, observed_at = now()
WHERE c.kind = excluded.kind
RETURNING xmax = 0
