-- Each repository or storage separately: the newest successful backup of each kind in it, whether that one can be restored from it, how
-- many of the five newest cannot, and the tool's last report about the storage.
-- $1: the servers as LIKE patterns, a JSON array. $2: whether a number of copies is configured. If not, the backups of a tool with only one
-- storage are not looked up.
-- Loose index scans find the storages (backup_catalog_storage) and those that once had backups (backup_catalog_gone); one index-only probe
-- per kind finds the newest backup. The conditions on status and kind are those of the indexes.
-- There is a row without a kind for a listed repository without backups, and for a storage that has none any more while the tool has some
-- elsewhere (is_emptied). oldest_full_at belongs to the oldest full backup that expires and starts no earlier than the WAL the tool has
-- there: an older one can no longer be restored.
WITH RECURSIVE kept AS MATERIALIZED (
  SELECT DISTINCT n.server, n.tool FROM backup_metrics.backup_count n
  WHERE n.status = 'done' AND n.n > 0 AND n.kind IN ('full', 'diff', 'incr', 'base', 'logical')
    AND n.server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
), stored AS (
  SELECT kept.server, kept.tool, found.storage FROM kept CROSS JOIN LATERAL (
    SELECT c.storage FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.live AND c.kind IN ('full', 'diff', 'incr', 'base', 'logical')
      AND c.server = kept.server AND c.tool = kept.tool
    ORDER BY c.storage LIMIT 1) found
  UNION ALL
  SELECT stored.server, stored.tool, found.storage FROM stored CROSS JOIN LATERAL (
    SELECT c.storage FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.live AND c.kind IN ('full', 'diff', 'incr', 'base', 'logical')
      AND c.server = stored.server AND c.tool = stored.tool AND c.storage > stored.storage
    ORDER BY c.storage LIMIT 1) found
), gone AS (
  SELECT kept.server, kept.tool, found.storage FROM kept CROSS JOIN LATERAL (
    SELECT c.storage FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND NOT c.live AND c.kind IN ('full', 'diff', 'incr', 'base', 'logical')
      AND c.server = kept.server AND c.tool = kept.tool
    ORDER BY c.storage LIMIT 1) found
  UNION ALL
  SELECT gone.server, gone.tool, found.storage FROM gone CROSS JOIN LATERAL (
    SELECT c.storage FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND NOT c.live AND c.kind IN ('full', 'diff', 'incr', 'base', 'logical')
      AND c.server = gone.server AND c.tool = gone.tool AND c.storage > gone.storage
    ORDER BY c.storage LIMIT 1) found
), told AS MATERIALIZED (
  SELECT s.server, s.tool, s.storage, s.imported_at, s.succeeded_at, s.error, s.first_wal, s.last_wal FROM backup_metrics.backup_storage s
  WHERE s.server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
), known AS (
  SELECT server, tool, storage, count(*) OVER (PARTITION BY server, tool) AS storages,
    CASE WHEN bool_or(bool_or(is_stored)) OVER (PARTITION BY server, tool) THEN NOT bool_or(is_stored) AND bool_or(is_gone) END AS is_emptied
  FROM (
    SELECT server, tool, storage, true AS is_stored, false AS is_gone FROM stored
    UNION ALL
    SELECT server, tool, storage, false, true FROM gone
    UNION ALL
    SELECT server, tool, storage, false, false FROM told) all_of_them
  GROUP BY server, tool, storage
)
SELECT known.server, known.tool, known.storage, newest.kind, extract(epoch FROM newest.at)::float8 AS at, chains.broken_chains, chains.is_broken,
       extract(epoch FROM told.imported_at)::float8 AS imported_at, extract(epoch FROM told.succeeded_at)::float8 AS succeeded_at,
       told.error, told.first_wal, told.last_wal, CASE WHEN told.error IS NULL THEN known.is_emptied END AS is_emptied,
       extract(epoch FROM oldest.at)::float8 AS oldest_full_at
FROM known
LEFT JOIN told ON told.server = known.server AND told.tool = known.tool AND told.storage = known.storage
LEFT JOIN LATERAL (
  SELECT kinds.kind, latest.at
  FROM (VALUES ('full' COLLATE "C"), ('diff'), ('incr'), ('base'), ('logical')) AS kinds (kind)
  CROSS JOIN LATERAL (
    SELECT c.at FROM backup_metrics.backup_catalog c
    WHERE c.status = 'done' AND c.live AND c.kind IN ('full', 'diff', 'incr', 'base', 'logical')
      AND c.server = known.server AND c.tool = known.tool AND c.storage = known.storage AND c.kind = kinds.kind
    ORDER BY c.at DESC LIMIT 1) latest
  WHERE known.storages > 1 OR $2::boolean) newest ON true
LEFT JOIN LATERAL (
  SELECT CASE WHEN bool_or(k.is_broken) OR bool_and(k.is_broken IS NOT NULL) THEN count(*) FILTER (WHERE k.is_broken) END AS broken_chains,
    coalesce((array_agg(k.is_broken ORDER BY k.at DESC))[1], false) AS is_broken
  FROM backup_metrics.backup_chain k
  WHERE newest.kind IN ('diff', 'incr')
    AND k.server = known.server AND k.tool = known.tool AND k.kind = newest.kind AND k.storage = known.storage) chains ON true
LEFT JOIN LATERAL (
  SELECT c.at FROM backup_metrics.backup_catalog c
  WHERE c.status = 'done' AND c.live AND c.kind IN ('full', 'diff', 'incr', 'base', 'logical')
    AND c.server = known.server AND c.tool = known.tool AND c.storage = known.storage AND c.kind = 'full'
    AND c.keep_until IS DISTINCT FROM 'infinity' AND (c.start_wal >= told.first_wal COLLATE "C") IS NOT false
  ORDER BY c.at LIMIT 1) oldest ON true
WHERE known.storages > 1 OR $2::boolean OR told.storage IS NOT NULL
ORDER BY known.server, known.tool, known.storage, newest.kind
