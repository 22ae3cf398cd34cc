-- For each server, tool and kind (incr, diff), how many of the five newest successful backups cannot be restored from any storage because a
-- backup that they depend on is gone; null if unknown. The chains were resolved when they were written, in backup_chain. If a tool has
-- several storages, a backup may be in each of them. $1: the servers as LIKE patterns, a JSON array.
WITH kept AS MATERIALIZED (
  SELECT server, tool, kind, min(storage) = max(storage) AS is_in_one,
    CASE WHEN bool_or(is_broken) OR bool_and(is_broken IS NOT NULL) THEN count(*) FILTER (WHERE is_broken) END AS broken_chains
  FROM backup_metrics.backup_chain
  WHERE server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
  GROUP BY server, tool, kind
), backup AS (
  SELECT server, tool, kind,
    CASE WHEN bool_or(NOT is_broken) THEN false WHEN bool_and(is_broken IS NOT NULL) THEN true END AS is_broken,
    row_number() OVER (PARTITION BY server, tool, kind ORDER BY max(at) DESC, backup_id) AS place
  FROM backup_metrics.backup_chain JOIN kept USING (server, tool, kind)
  WHERE NOT kept.is_in_one
  GROUP BY server, tool, kind, backup_id
)
SELECT server, tool, kind, broken_chains FROM kept WHERE is_in_one
UNION ALL
SELECT server, tool, kind, CASE WHEN bool_or(is_broken) OR bool_and(is_broken IS NOT NULL) THEN count(*) FILTER (WHERE is_broken) END
FROM backup WHERE place <= 5 GROUP BY server, tool, kind
