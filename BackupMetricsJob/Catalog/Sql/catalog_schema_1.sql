-- Version 1 of the catalogue. Run once, by `backup-metrics catalog init`, in a transaction that ends with a row in schema_version.
-- PostgreSQL 12 and newer.

-- One row a backup, failed backup, WAL segment or restore test.
CREATE TABLE backup_metrics.backup_catalog (
  server            text COLLATE "C" NOT NULL CHECK (server <> ''), -- stanza, Barman server, pghoard site, wal-g host: becomes the instance
  tool              text COLLATE "C" NOT NULL CHECK (tool <> ''),   -- pgbackrest, barman, wal-g, pghoard, pg_dump, pg_basebackup, ...
  kind              text COLLATE "C" NOT NULL CHECK (kind IN ('full', 'diff', 'incr', 'logical', 'wal', 'restore_test')),
  storage           text NOT NULL DEFAULT 'default',                -- pgBackRest's repository, wal-g's storage: a backup may be in several
  backup_id         text NOT NULL CHECK (backup_id <> ''),          -- the tool's own name for it
  status            text NOT NULL CHECK (status IN ('done', 'failed', 'running')),
  started_at        timestamptz,
  finished_at       timestamptz,
  size_bytes        bigint CHECK (size_bytes >= 0),                 -- of what was backed up, uncompressed
  stored_bytes      bigint CHECK (stored_bytes >= 0),               -- that this one backup takes where it is stored
  parent_id         text,                                           -- what an incr or diff cannot be restored without; of a restore test: the backup that was restored
  start_lsn         pg_lsn,
  stop_lsn          pg_lsn,
  start_wal         text,
  stop_wal          text,
  timeline          int,
  pg_version_num    int,
  system_identifier numeric(20) CHECK (system_identifier >= 0),     -- a uint64: may exceed bigint
  database          text,                                           -- of a logical backup
  has_errors        boolean NOT NULL DEFAULT false,                 -- done, but the tool found errors in it (page checksums)
  error             text,
  keep_until        timestamptz,                                    -- infinity: for ever
  deleted_at        timestamptz,                                    -- when an import no longer found it listed
  observed_at       timestamptz NOT NULL DEFAULT now(),             -- when this row was last written; when its list was last read: backup_source
  raw               jsonb,                                          -- what the tool printed of it when this row was last written
  listed            boolean NOT NULL DEFAULT false,                 -- a tool's list named it: only then can it be found gone from that list
  at                timestamptz GENERATED ALWAYS AS (COALESCE(finished_at, started_at)) STORED,
  PRIMARY KEY (server, tool, storage, backup_id),
  CHECK (status <> 'done' OR finished_at IS NOT NULL),
  CHECK (status = 'running' OR COALESCE(finished_at, started_at) IS NOT NULL),
  CHECK (finished_at >= started_at)
);

-- The newest good backup of each server, tool and kind, and the oldest: without touching the table.
CREATE INDEX backup_catalog_done ON backup_metrics.backup_catalog (server, tool, kind, at DESC)
  INCLUDE (started_at, size_bytes, stored_bytes, has_errors) WHERE status = 'done' AND deleted_at IS NULL;
CREATE INDEX backup_catalog_failed ON backup_metrics.backup_catalog (server, tool, kind, at DESC) WHERE status = 'failed';
CREATE INDEX backup_catalog_running ON backup_metrics.backup_catalog (server, tool, kind) WHERE status = 'running' AND deleted_at IS NULL;

-- When the list of a server's backups was last read, and whether the tool could say.
CREATE TABLE backup_metrics.backup_source (
  server       text COLLATE "C" NOT NULL CHECK (server <> ''),
  tool         text COLLATE "C" NOT NULL CHECK (tool <> ''),
  imported_at  timestamptz NOT NULL,
  succeeded_at timestamptz,             -- the last time that the tool could say
  error        text,                    -- what it said instead, if the last time it could not
  PRIMARY KEY (server, tool)
) WITH (fillfactor = 50);

-- How many backups are kept, so that nobody has to count a million rows. Kept right by the triggers below, whoever writes.
CREATE TABLE backup_metrics.backup_count (
  server text COLLATE "C" NOT NULL,
  tool   text COLLATE "C" NOT NULL,
  kind   text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  n      bigint NOT NULL,
  PRIMARY KEY (server, tool, kind, status)
) WITH (fillfactor = 50);

-- Statement by statement, always in the same order of keys, so that two writers wait for one another and do not lock one another out.
-- As its owner, so that a writer needs no right on the counts.
CREATE FUNCTION backup_metrics.backup_count_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  CASE TG_OP
    WHEN 'INSERT' THEN
      INSERT INTO backup_metrics.backup_count AS k (server, tool, kind, status, n)
      SELECT server, tool, kind, status, count(*) FROM new_rows WHERE deleted_at IS NULL
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      ON CONFLICT (server, tool, kind, status) DO UPDATE SET n = k.n + excluded.n;
    WHEN 'UPDATE' THEN
      INSERT INTO backup_metrics.backup_count AS k (server, tool, kind, status, n)
      SELECT server, tool, kind, status, sum(d)
      FROM (SELECT server, tool, kind, status, 1 AS d FROM new_rows WHERE deleted_at IS NULL
            UNION ALL
            SELECT server, tool, kind, status, -1 FROM old_rows WHERE deleted_at IS NULL) AS both_rows
      GROUP BY 1, 2, 3, 4 HAVING sum(d) <> 0 ORDER BY 1, 2, 3, 4
      ON CONFLICT (server, tool, kind, status) DO UPDATE SET n = k.n + excluded.n;
    WHEN 'DELETE' THEN
      INSERT INTO backup_metrics.backup_count AS k (server, tool, kind, status, n)
      SELECT server, tool, kind, status, -count(*) FILTER (WHERE deleted_at IS NULL) FROM old_rows
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
REVOKE ALL ON FUNCTION backup_metrics.backup_count_follow() FROM PUBLIC;

CREATE TRIGGER backup_count_insert AFTER INSERT ON backup_metrics.backup_catalog
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION backup_metrics.backup_count_follow();
CREATE TRIGGER backup_count_update AFTER UPDATE ON backup_metrics.backup_catalog
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION backup_metrics.backup_count_follow();
CREATE TRIGGER backup_count_delete AFTER DELETE ON backup_metrics.backup_catalog
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION backup_metrics.backup_count_follow();
CREATE TRIGGER backup_count_truncate AFTER TRUNCATE ON backup_metrics.backup_catalog
  FOR EACH STATEMENT EXECUTE FUNCTION backup_metrics.backup_count_follow();
