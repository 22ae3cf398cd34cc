-- Imports that were refused, of which nobody knows whose backups they were about, and since which none from the same host succeeded.
SELECT tool, host, extract(epoch FROM refused_at)::float8 AS refused_at, error
FROM backup_metrics.backup_refusal ORDER BY refused_at DESC, tool, host
