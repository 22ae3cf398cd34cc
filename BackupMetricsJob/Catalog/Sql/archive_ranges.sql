-- $1 server, $2 storage. The catalogue's ranges of this archive.
SELECT r.kind, r.timeline, r.first_segment, r.last_segment
FROM backup_metrics.archive_range r
WHERE r.server = $1 AND r.storage = $2
