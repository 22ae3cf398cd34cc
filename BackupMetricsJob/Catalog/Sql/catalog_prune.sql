-- $1 seconds. What the tools deleted, and what was refused, longer ago than that; and failures that old which no list names (and drills
-- without a verdict), if a later backup of their kind succeeded.
WITH refused AS (
  DELETE FROM backup_metrics.backup_refusal WHERE refused_at < now() - make_interval(secs => $1)
), forgotten AS (
  DELETE FROM backup_metrics.backup_catalog c
  WHERE c.deleted_at < now() - make_interval(secs => $1)
    OR c.status IN ('failed', 'waiting') AND NOT c.listed AND c.at < now() - make_interval(secs => $1) AND EXISTS (
      SELECT FROM backup_metrics.backup_catalog d
      WHERE d.server = c.server AND d.tool = c.tool AND d.kind = c.kind AND d.status = 'done' AND d.live AND d.at > c.at)
  RETURNING c.deleted_at IS NULL AS failed
)
SELECT count(*) FILTER (WHERE NOT failed) AS deleted, count(*) FILTER (WHERE failed) AS failures FROM forgotten
