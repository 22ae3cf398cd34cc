-- $1 tool, $2 this host, $3 why the list was refused, $4 the servers that it names, as a JSON array, $5 whether it may be about any server
-- whose list came from this host, $6 whether it may only be about those (if servers of two hosts have the same name, the catalogue's server
-- has not failed), $7 the tool that the list belongs to, if it is another one, or null.
-- Records a failure of the named servers whose lists were imported before. If there are none, it records a refused import instead, because
-- servers of other hosts are not affected. The list of another tool counts as a refusal of that tool, which its next import clears. If that
-- tool's lists are already imported from this host, it was a slip.
-- Returns a row for each failed server, or one with the tool whose import was refused, or none.
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
