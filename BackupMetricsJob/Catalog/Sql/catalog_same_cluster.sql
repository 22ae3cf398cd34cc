-- $1 a system identifier. A server of the catalogue that is that cluster, by the word of any tool.
SELECT server, tool FROM backup_metrics.backup_source WHERE system_identifier::text = $1 ORDER BY server, tool LIMIT 1
