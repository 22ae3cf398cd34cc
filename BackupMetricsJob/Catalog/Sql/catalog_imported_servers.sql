-- The servers that a tool's list or an archive's listing was imported of: not those that are only known by their drills.
SELECT server FROM backup_metrics.backup_source
UNION
SELECT server FROM backup_metrics.archive_listing
ORDER BY server
