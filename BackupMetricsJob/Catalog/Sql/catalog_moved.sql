-- $1 server, $2 tool, $3 the former names of this server as a JSON array. Their backups are listed under the new name.
WITH former AS (SELECT value COLLATE "C" AS server FROM jsonb_array_elements_text($3::jsonb) WHERE value <> $1),
forgotten AS (
  DELETE FROM backup_metrics.backup_source s USING former f WHERE s.server = f.server AND s.tool = $2
), emptied AS (
  DELETE FROM backup_metrics.backup_storage s USING former f WHERE s.server = f.server AND s.tool = $2
)
DELETE FROM backup_metrics.backup_catalog c USING former f WHERE c.server = f.server AND c.tool = $2 AND c.listed
