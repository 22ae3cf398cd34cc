-- $1 seconds. Deletes what was deleted by its tool, or refused, longer ago than that. Also deletes failures of that age that no list names
-- (and drills without a verdict) if a later backup of their kind succeeded.
-- If a storage has no backups any more while its tool has some elsewhere, its last backup stays: nothing else shows that the storage had
-- any.
WITH refused AS (
  DELETE FROM backup_metrics.backup_refusal WHERE refused_at < now() - make_interval(secs => $1)
), last AS MATERIALIZED (
  SELECT DISTINCT ON (g.server, g.tool, g.storage) g.server, g.tool, g.storage, g.backup_id
  FROM backup_metrics.backup_catalog g
  WHERE g.status = 'done' AND NOT g.live AND g.kind IN ('full', 'diff', 'incr', 'base', 'logical')
    AND NOT EXISTS (
      SELECT FROM backup_metrics.backup_catalog d
      WHERE d.status = 'done' AND d.live AND d.kind IN ('full', 'diff', 'incr', 'base', 'logical')
        AND d.server = g.server AND d.tool = g.tool AND d.storage = g.storage)
    AND EXISTS (
      SELECT FROM backup_metrics.backup_catalog d
      WHERE d.status = 'done' AND d.live AND d.kind IN ('full', 'diff', 'incr', 'base', 'logical')
        AND d.server = g.server AND d.tool = g.tool)
  ORDER BY g.server, g.tool, g.storage, g.at DESC, g.backup_id
), forgotten AS (
  DELETE FROM backup_metrics.backup_catalog c
  WHERE (c.deleted_at < now() - make_interval(secs => $1)
    OR c.status IN ('failed', 'waiting') AND NOT c.listed AND c.at < now() - make_interval(secs => $1) AND EXISTS (
      SELECT FROM backup_metrics.backup_catalog d
      WHERE d.server = c.server AND d.tool = c.tool AND d.kind = c.kind AND d.status = 'done' AND d.live AND d.at > c.at))
    AND NOT EXISTS (
      SELECT FROM last WHERE last.server = c.server AND last.tool = c.tool AND last.storage = c.storage AND last.backup_id = c.backup_id)
  RETURNING c.deleted_at IS NULL AS failed
)
SELECT count(*) FILTER (WHERE NOT failed) AS deleted, count(*) FILTER (WHERE failed) AS failures FROM forgotten
