-- $1 a system identifier. Returns a server in the catalogue that is this cluster according to any tool.
SELECT server, tool FROM backup_metrics.backup_source WHERE system_identifier::text = $1 ORDER BY server, tool LIMIT 1
