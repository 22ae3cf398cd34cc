-- Version 6 of the catalogue: which chains of backups are whole, kept as they are written, so that no read walks them; and counts that know every
-- kind that was ever written. PostgreSQL 12 and newer.

-- The five newest good incremental and differential backups in each storage, and whether something that they build on, at whatever distance, is
-- not kept in the same storage (wal-g and pgBackRest look for it nowhere else), or is the backup itself. Kept right by the triggers below.
CREATE TABLE backup_metrics.backup_chain (
  server    text COLLATE "C" NOT NULL,
  tool      text COLLATE "C" NOT NULL,
  kind      text COLLATE "C" NOT NULL,
  storage   text NOT NULL,
  backup_id text NOT NULL,
  at        timestamptz NOT NULL,
  is_broken boolean,                    -- null: the tool names no parents, or the chain is longer than ten thousand
  PRIMARY KEY (server, tool, kind, storage, backup_id)
) WITH (fillfactor = 50);

-- $1 servers and $2 tools, side by side. Makes their chains right; how many rows were not. Each step is one look into the primary key (so
-- LIMIT 1): a join would read the whole catalogue at each. What is kept is told in the result, not in the condition: before the first ANALYZE the
-- planner would else take an index of the kept ones, which has no names, and read all of a server's at each step. A circle is found by a mark that is moved on after 1, 2, 4, 8 and so on steps (Brent):
-- who comes to the mark again walks in one.
CREATE FUNCTION backup_metrics.backup_chain_renew(servers text[], tools text[]) RETURNS bigint
LANGUAGE sql
SET search_path = pg_catalog, pg_temp SET enable_nestloop = on SET jit = off
AS $$
  WITH RECURSIVE touched AS MATERIALIZED (
    SELECT server COLLATE "C" AS server, tool COLLATE "C" AS tool FROM unnest($1, $2) AS pairs (server, tool)
  ), stored AS (
    SELECT touched.server, touched.tool, found.storage FROM touched CROSS JOIN LATERAL (
      SELECT c.storage FROM backup_metrics.backup_catalog c
      WHERE c.status = 'done' AND c.live AND c.kind IN ('full', 'diff', 'incr', 'base', 'logical')
        AND c.server = touched.server AND c.tool = touched.tool
      ORDER BY c.storage LIMIT 1) found
    UNION ALL
    SELECT stored.server, stored.tool, found.storage FROM stored CROSS JOIN LATERAL (
      SELECT c.storage FROM backup_metrics.backup_catalog c
      WHERE c.status = 'done' AND c.live AND c.kind IN ('full', 'diff', 'incr', 'base', 'logical')
        AND c.server = stored.server AND c.tool = stored.tool AND c.storage > stored.storage
      ORDER BY c.storage LIMIT 1) found
  ), newest AS MATERIALIZED (
    SELECT stored.server, stored.tool, kinds.kind, stored.storage, good.backup_id, good.parent_id, good.at
    FROM stored CROSS JOIN (VALUES ('diff' COLLATE "C"), ('incr')) AS kinds (kind) CROSS JOIN LATERAL (
      SELECT c.backup_id, c.parent_id, c.at FROM backup_metrics.backup_catalog c
      WHERE c.status = 'done' AND c.live AND c.kind IN ('full', 'diff', 'incr', 'base', 'logical')
        AND c.server = stored.server AND c.tool = stored.tool AND c.storage = stored.storage AND c.kind = kinds.kind
      ORDER BY c.at DESC LIMIT 5) good
  ), chain AS (
    SELECT n.server, n.tool, n.kind, n.storage, n.backup_id AS leaf, n.at, n.backup_id AS mark, n.parent_id, NULL::boolean AS is_broken, 1 AS depth
    FROM newest n
    UNION ALL
    SELECT c.server, c.tool, c.kind, c.storage, c.leaf, c.at, CASE WHEN c.depth & (c.depth - 1) = 0 THEN p.backup_id ELSE c.mark END, p.parent_id,
      CASE WHEN p.is_kept IS NOT TRUE OR p.backup_id = c.mark THEN true WHEN p.kind = 'full' THEN false END, c.depth + 1
    FROM chain c LEFT JOIN LATERAL (
      SELECT p.backup_id, p.parent_id, p.kind, p.status = 'done' AND p.live AS is_kept FROM backup_metrics.backup_catalog p
      WHERE p.server = c.server AND p.tool = c.tool AND p.storage = c.storage AND p.backup_id = c.parent_id
      LIMIT 1) p ON true
    WHERE c.is_broken IS NULL AND c.parent_id IS NOT NULL AND c.depth <= 10000
  ), walked AS MATERIALIZED (
    SELECT server, tool, kind, storage, leaf AS backup_id, max(at) AS at, bool_or(is_broken) AS is_broken FROM chain GROUP BY 1, 2, 3, 4, 5
  ), gone AS (
    DELETE FROM backup_metrics.backup_chain k USING touched
    WHERE k.server = touched.server AND k.tool = touched.tool AND NOT EXISTS (
      SELECT FROM walked w
      WHERE w.server = k.server AND w.tool = k.tool AND w.kind = k.kind AND w.storage = k.storage AND w.backup_id = k.backup_id)
    RETURNING 1
  ), kept AS (
    INSERT INTO backup_metrics.backup_chain AS k (server, tool, kind, storage, backup_id, at, is_broken)
    SELECT server, tool, kind, storage, backup_id, at, is_broken FROM walked
    ON CONFLICT (server, tool, kind, storage, backup_id) DO UPDATE SET at = excluded.at, is_broken = excluded.is_broken
      WHERE (k.at, k.is_broken) IS DISTINCT FROM (excluded.at, excluded.is_broken)
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept)
$$;
REVOKE ALL ON FUNCTION backup_metrics.backup_chain_renew(text[], text[]) FROM PUBLIC;

-- Which storages had backups, for those that have none any more.
CREATE INDEX backup_catalog_gone ON backup_metrics.backup_catalog (server, tool, storage, at DESC)
  WHERE status = 'done' AND NOT live AND kind IN ('full', 'diff', 'incr', 'base', 'logical');

-- Statement by statement. Two that write backups of the same server and tool wait for one another, in an order that locks nobody out: what one of
-- them does not see yet, the other does. The locks are few, however many servers a statement writes.
CREATE FUNCTION backup_metrics.backup_chain_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  servers text[];
  tools   text[];
BEGIN
  CASE TG_OP
    WHEN 'INSERT' THEN
      SELECT array_agg(server), array_agg(tool) INTO servers, tools
      FROM (SELECT DISTINCT server, tool FROM new_rows WHERE kind IN ('full', 'diff', 'incr')) AS touched;
    WHEN 'UPDATE' THEN
      SELECT array_agg(server), array_agg(tool) INTO servers, tools
      FROM (SELECT server, tool FROM new_rows WHERE kind IN ('full', 'diff', 'incr')
            UNION
            SELECT server, tool FROM old_rows WHERE kind IN ('full', 'diff', 'incr')) AS touched;
    WHEN 'DELETE' THEN
      SELECT array_agg(server), array_agg(tool) INTO servers, tools
      FROM (SELECT DISTINCT server, tool FROM old_rows WHERE kind IN ('full', 'diff', 'incr')) AS touched;
    ELSE
      DELETE FROM backup_metrics.backup_chain;
  END CASE;
  IF servers IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext('backup_metrics.backup_chain'), lane)
    FROM (SELECT DISTINCT hashtext(server) & 255 AS lane FROM unnest(servers) AS written (server) ORDER BY lane) AS lanes;
    PERFORM backup_metrics.backup_chain_renew(servers, tools);
  END IF;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION backup_metrics.backup_chain_follow() FROM PUBLIC;

CREATE TRIGGER backup_chain_insert AFTER INSERT ON backup_metrics.backup_catalog
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION backup_metrics.backup_chain_follow();
CREATE TRIGGER backup_chain_update AFTER UPDATE ON backup_metrics.backup_catalog
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION backup_metrics.backup_chain_follow();
CREATE TRIGGER backup_chain_delete AFTER DELETE ON backup_metrics.backup_catalog
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION backup_metrics.backup_chain_follow();
CREATE TRIGGER backup_chain_truncate AFTER TRUNCATE ON backup_metrics.backup_catalog
  FOR EACH STATEMENT EXECUTE FUNCTION backup_metrics.backup_chain_follow();

-- A count that is zero says that there are rows that are not live. It stays until the tool has no row of that server any more: so the
-- counts know every server, tool and kind, and none has to be looked for in the catalogue. To remove one, nobody waits: it is out of the order in
-- which counts are written, so two that wait would wait for each other. Who holds it, is writing it. Two that delete at once may so leave zeros of a
-- tool that has no row any more; no read takes them for a server, and whoever deletes next removes them.
CREATE OR REPLACE FUNCTION backup_metrics.backup_count_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  CASE TG_OP
    WHEN 'INSERT' THEN
      INSERT INTO backup_metrics.backup_count AS k (server, tool, kind, status, n)
      SELECT server, tool, kind, status, count(*) FILTER (WHERE live) FROM new_rows
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      ON CONFLICT (server, tool, kind, status) DO UPDATE SET n = k.n + excluded.n WHERE excluded.n <> 0;
    WHEN 'UPDATE' THEN
      INSERT INTO backup_metrics.backup_count AS k (server, tool, kind, status, n)
      SELECT server, tool, kind, status, sum(d)
      FROM (SELECT server, tool, kind, status, live::int AS d, true AS is_new FROM new_rows
            UNION ALL
            SELECT server, tool, kind, status, -live::int, false FROM old_rows) AS both_rows
      GROUP BY 1, 2, 3, 4 HAVING sum(d) <> 0 OR bool_or(is_new) ORDER BY 1, 2, 3, 4
      ON CONFLICT (server, tool, kind, status) DO UPDATE SET n = k.n + excluded.n WHERE excluded.n <> 0;
      DELETE FROM backup_metrics.backup_count k USING (
        SELECT empty.ctid FROM backup_metrics.backup_count empty
        WHERE empty.n = 0 AND (empty.server, empty.tool) IN (
          SELECT server, tool FROM old_rows EXCEPT SELECT server, tool FROM new_rows)
          AND NOT EXISTS (SELECT FROM backup_metrics.backup_catalog c WHERE c.server = empty.server AND c.tool = empty.tool)
        FOR UPDATE OF empty SKIP LOCKED) AS free
      WHERE k.ctid = free.ctid;
    WHEN 'DELETE' THEN
      INSERT INTO backup_metrics.backup_count AS k (server, tool, kind, status, n)
      SELECT server, tool, kind, status, -count(*) FILTER (WHERE live) FROM old_rows
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      ON CONFLICT (server, tool, kind, status) DO UPDATE SET n = k.n + excluded.n WHERE excluded.n <> 0;
      DELETE FROM backup_metrics.backup_count k USING (
        SELECT empty.ctid FROM backup_metrics.backup_count empty
        WHERE empty.n = 0
          AND NOT EXISTS (SELECT FROM backup_metrics.backup_catalog c WHERE c.server = empty.server AND c.tool = empty.tool)
        FOR UPDATE OF empty SKIP LOCKED) AS free
      WHERE k.ctid = free.ctid;
    ELSE
      DELETE FROM backup_metrics.backup_count;
  END CASE;
  RETURN NULL;
END
$$;

INSERT INTO backup_metrics.backup_count (server, tool, kind, status, n)
SELECT DISTINCT server, tool, kind, status, 0 FROM backup_metrics.backup_catalog WHERE NOT live
ON CONFLICT (server, tool, kind, status) DO NOTHING;

SELECT backup_metrics.backup_chain_renew(array_agg(server), array_agg(tool))
FROM (SELECT DISTINCT server, tool FROM backup_metrics.backup_count WHERE kind IN ('diff', 'incr')) AS written;

-- What the server said that it had archived last, when it was asked during an import: that must be in a listing that was made later. Null: it was
-- not asked. Once a listing is that much newer, it becomes archived_wal.
ALTER TABLE backup_metrics.archive_listing
  ADD COLUMN asked_wal text CHECK (asked_wal ~ '^[0-9A-F]{24}$'),
  ADD COLUMN asked_at  timestamptz;

-- Who could read the counts can read the chains.
DO $$
DECLARE
  given record;
BEGIN
  FOR given IN
    SELECT CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END AS role
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) acl
    WHERE c.oid = 'backup_metrics.backup_count'::regclass AND acl.grantee <> c.relowner AND acl.privilege_type = 'SELECT'
  LOOP
    EXECUTE format('GRANT SELECT ON backup_metrics.backup_chain TO %s', given.role);
  END LOOP;
END
$$;
