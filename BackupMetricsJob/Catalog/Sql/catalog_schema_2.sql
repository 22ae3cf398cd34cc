-- Version 2 of the catalogue: which cluster a backup is of, how its time and its sizes are known, and backups that wait for their WAL.
-- PostgreSQL 12 and newer.

DROP INDEX backup_metrics.backup_catalog_done, backup_metrics.backup_catalog_running;

ALTER TABLE backup_metrics.backup_catalog
  DROP CONSTRAINT backup_catalog_kind_check,
  ADD CONSTRAINT backup_catalog_kind_check                          -- base: one that runs, and whose kind the tool does not say
    CHECK (kind IN ('full', 'diff', 'incr', 'base', 'logical', 'wal', 'restore_test')),
  DROP CONSTRAINT backup_catalog_status_check,
  ADD CONSTRAINT backup_catalog_status_check                        -- waiting: copied, but its WAL is not there
    CHECK (status IN ('done', 'failed', 'running', 'waiting')),
  ADD CONSTRAINT backup_catalog_waiting_check CHECK (status <> 'waiting' OR finished_at IS NOT NULL),
  ALTER COLUMN has_errors DROP DEFAULT,
  ALTER COLUMN has_errors DROP NOT NULL,                            -- null: the tool does not say
  ALTER COLUMN has_errors TYPE boolean USING CASE WHEN has_errors OR tool = 'pgbackrest' THEN has_errors END,
  ADD COLUMN other_cluster boolean NOT NULL DEFAULT false,          -- of a cluster that the server is no more: history, not a backup
  ADD COLUMN time_of_object boolean NOT NULL DEFAULT false,         -- finished_at is when the object was stored: a copy of it is newer
  ADD COLUMN comparable boolean NOT NULL DEFAULT true;              -- its sizes mean the same as those of the others of its kind

ALTER TABLE backup_metrics.backup_catalog
  ADD COLUMN live boolean GENERATED ALWAYS AS (deleted_at IS NULL AND NOT other_cluster) STORED;

-- Which cluster the server is: by the tool's word, else by its newest backup.
ALTER TABLE backup_metrics.backup_source
  ADD COLUMN system_identifier numeric(20) CHECK (system_identifier >= 0),
  ADD COLUMN pg_version_num int;

CREATE INDEX backup_catalog_done ON backup_metrics.backup_catalog (server, tool, kind, at DESC)
  INCLUDE (started_at, size_bytes, stored_bytes, has_errors, keep_until, comparable) WHERE status = 'done' AND live;
CREATE INDEX backup_catalog_running ON backup_metrics.backup_catalog (server, tool, kind) WHERE status = 'running' AND live;
CREATE INDEX backup_catalog_history ON backup_metrics.backup_catalog (server, tool, at DESC)
  WHERE status = 'done' AND other_cluster AND deleted_at IS NULL;

CREATE OR REPLACE FUNCTION backup_metrics.backup_count_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  CASE TG_OP
    WHEN 'INSERT' THEN
      INSERT INTO backup_metrics.backup_count AS k (server, tool, kind, status, n)
      SELECT server, tool, kind, status, count(*) FROM new_rows WHERE live
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      ON CONFLICT (server, tool, kind, status) DO UPDATE SET n = k.n + excluded.n;
    WHEN 'UPDATE' THEN
      INSERT INTO backup_metrics.backup_count AS k (server, tool, kind, status, n)
      SELECT server, tool, kind, status, sum(d)
      FROM (SELECT server, tool, kind, status, 1 AS d FROM new_rows WHERE live
            UNION ALL
            SELECT server, tool, kind, status, -1 FROM old_rows WHERE live) AS both_rows
      GROUP BY 1, 2, 3, 4 HAVING sum(d) <> 0 ORDER BY 1, 2, 3, 4
      ON CONFLICT (server, tool, kind, status) DO UPDATE SET n = k.n + excluded.n;
    WHEN 'DELETE' THEN
      INSERT INTO backup_metrics.backup_count AS k (server, tool, kind, status, n)
      SELECT server, tool, kind, status, -count(*) FILTER (WHERE live) FROM old_rows
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      ON CONFLICT (server, tool, kind, status) DO UPDATE SET n = k.n + excluded.n;
      DELETE FROM backup_metrics.backup_count k
      WHERE k.n = 0 AND (k.server, k.tool, k.kind, k.status) IN (SELECT server, tool, kind, status FROM old_rows);
    ELSE
      DELETE FROM backup_metrics.backup_count;
  END CASE;
  RETURN NULL;
END
$$;
