-- The servers for which a tool's list or an archive's listing was imported, without those known only from drills.
SELECT server FROM backup_metrics.backup_source
UNION
SELECT server FROM backup_metrics.archive_listing
ORDER BY server
