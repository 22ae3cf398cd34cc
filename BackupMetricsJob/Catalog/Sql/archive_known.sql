-- $1 server, $2 storage. What the catalogue has of this archive: when it was listed, and how many segments it named.
SELECT l.listed_at, l.names
FROM backup_metrics.archive_listing l
WHERE l.server = $1 AND l.storage = $2
FOR UPDATE
