-- When each tool's list was last read, when it could last be read, and what was wrong since. $1: the servers as LIKE patterns, a JSON array.
SELECT server, tool, extract(epoch FROM imported_at)::float8, extract(epoch FROM succeeded_at)::float8, error
FROM backup_metrics.backup_source WHERE server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
