-- $1 tool, $2 the servers with complete but empty lists, as a JSON array. Returns the first of them that has backups in the catalogue, and
-- how many.
SELECT s.server, (
  SELECT count(*) FROM backup_metrics.backup_catalog c
  WHERE c.server = s.server AND c.tool = $1 AND c.listed AND c.deleted_at IS NULL) AS backups
FROM jsonb_array_elements_text($2::jsonb) WITH ORDINALITY AS s (server, place)
WHERE EXISTS (
  SELECT FROM backup_metrics.backup_catalog c WHERE c.server = s.server AND c.tool = $1 AND c.listed AND c.deleted_at IS NULL)
ORDER BY s.place LIMIT 1
