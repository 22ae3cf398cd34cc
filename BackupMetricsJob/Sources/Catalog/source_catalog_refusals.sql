-- Refused imports that cannot be attributed to a server, and after which no import from the same host succeeded.
SELECT tool, host, extract(epoch FROM refused_at)::float8 AS refused_at, error
FROM backup_metrics.backup_refusal ORDER BY refused_at DESC, tool, host
