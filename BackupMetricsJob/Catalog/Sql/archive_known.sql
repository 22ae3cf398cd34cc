-- $1 server, $2 storage. The catalogue's data about this archive: when it was listed, how many segments it had, and the newest segment.
SELECT extract(epoch FROM l.listed_at)::float8 AS listed_at, l.names, l.segment_size, newest.timeline, newest.last_segment
FROM backup_metrics.archive_listing l
LEFT JOIN LATERAL (
  SELECT r.timeline, r.last_segment FROM backup_metrics.archive_range r
  WHERE r.server = l.server AND r.storage = l.storage AND r.kind = 'segments'
  ORDER BY r.timeline DESC, r.last_segment DESC LIMIT 1) newest ON true
WHERE l.server = $1 AND l.storage = $2
FOR UPDATE OF l
