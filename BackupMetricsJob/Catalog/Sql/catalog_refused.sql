-- $1 tool, $2 the host that this runs on, $3 why its list was refused, $4 the servers that it is about, as a JSON array, so far as it
-- says, $5 whether it may be about any server whose list came from this host, $6 whether it may be about no other (a clash of two hosts'
-- servers under one name is no failure of the one that the catalogue has), $7 the tool whose list it is, if that is another one, or null.
-- It is a failure of those of them whose lists were imported before; where there are none, of the import itself: the servers of other
-- hosts have nothing to do with it. The list of another tool is then a refusal of that tool, which its import ends; where that tool's
-- lists are imported from here already, it was a slip. What
-- was recorded: a row for each server that failed, or one with the tool whose import counts as refused, or none.
WITH named AS (
  SELECT s.server FROM backup_metrics.backup_source s WHERE s.tool = $1 AND $4::jsonb ? s.server AND (s.host = $2 OR NOT $6)
), meant AS (
  SELECT server FROM named
  UNION ALL
  SELECT s.server FROM backup_metrics.backup_source s
  WHERE s.tool = $1 AND s.host = $2 AND $5 AND NOT EXISTS (SELECT FROM named)
), failed AS (
  UPDATE backup_metrics.backup_source s SET imported_at = now(), error = $3 FROM meant WHERE s.server = meant.server AND s.tool = $1
  RETURNING s.server
), unknown AS (
  INSERT INTO backup_metrics.backup_refusal AS r (tool, host, refused_at, error)
  SELECT COALESCE($7, $1), $2, now(), concat(CASE WHEN NOT $5 AND jsonb_array_length($4::jsonb) = 1 THEN ($4::jsonb ->> 0) || ': ' END, $3)
  WHERE NOT EXISTS (SELECT FROM meant)
    AND NOT EXISTS (SELECT FROM backup_metrics.backup_source s WHERE s.tool = $7 AND s.host = $2)
  ON CONFLICT (tool, host) DO UPDATE SET refused_at = excluded.refused_at, error = excluded.error
  RETURNING r.tool
)
SELECT server, NULL AS tool FROM failed UNION ALL SELECT NULL, tool FROM unknown ORDER BY server
