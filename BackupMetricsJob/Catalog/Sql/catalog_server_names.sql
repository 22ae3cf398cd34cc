-- All servers in the catalogue.
SELECT server FROM backup_metrics.backup_source
UNION
SELECT server FROM backup_metrics.backup_count
UNION
SELECT server FROM backup_metrics.archive_listing
ORDER BY server
