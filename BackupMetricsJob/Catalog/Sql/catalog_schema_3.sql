-- Version 3 of the catalogue: each repository or storage by itself, and imports that were refused.
-- PostgreSQL 12 and newer.

-- What a tool last said of each repository that it has; the backups in it are in backup_catalog.
CREATE TABLE backup_metrics.backup_storage (
  server       text COLLATE "C" NOT NULL CHECK (server <> ''),
  tool         text COLLATE "C" NOT NULL CHECK (tool <> ''),
  storage      text NOT NULL CHECK (storage <> ''),
  imported_at  timestamptz NOT NULL,    -- when a list last spoke of it
  succeeded_at timestamptz,             -- the last time that the tool could read it
  error        text,                    -- what it said instead, if the last time it could not
  first_wal    text,                    -- the oldest and the newest WAL segment in its archive, by the tool's word
  last_wal     text,
  PRIMARY KEY (server, tool, storage)
) WITH (fillfactor = 50);

-- The newest good backup in each storage, and which storages there are: without touching the table.
CREATE INDEX backup_catalog_storage ON backup_metrics.backup_catalog (server, tool, storage, kind, at DESC)
  WHERE status = 'done' AND live AND kind IN ('full', 'diff', 'incr', 'base', 'logical');

ALTER TABLE backup_metrics.backup_source
  ADD COLUMN host           text,                       -- where the last import ran
  ADD COLUMN skipped        bigint NOT NULL DEFAULT 0,  -- records of the last list that could not be read
  ADD COLUMN skipped_reason text;                       -- why the first of them could not

-- Imports that were refused, and of which nobody knows whose backups they were about: until one from the same host succeeds.
CREATE TABLE backup_metrics.backup_refusal (
  tool       text COLLATE "C" NOT NULL CHECK (tool <> ''),
  host       text NOT NULL,
  refused_at timestamptz NOT NULL,
  error      text NOT NULL,
  PRIMARY KEY (tool, host)
);

-- Who could read and write what there was can read and write what there is now.
DO $$
DECLARE
  given record;
BEGIN
  FOR given IN
    SELECT acl.privilege_type, CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END AS role
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) acl
    WHERE c.oid = 'backup_metrics.backup_source'::regclass AND acl.grantee <> c.relowner
      AND acl.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
  LOOP
    EXECUTE format('GRANT %s ON backup_metrics.backup_storage, backup_metrics.backup_refusal TO %s', given.privilege_type, given.role);
  END LOOP;
END
$$;
