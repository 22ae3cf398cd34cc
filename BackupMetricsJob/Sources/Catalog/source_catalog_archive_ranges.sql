-- What each archive held when it was listed: ranges instead of segments, read by the primary key alone. $1: the servers as LIKE patterns, a
-- JSON array.
SELECT r.server, r.storage, r.kind, r.timeline, r.first_segment, r.last_segment, extract(epoch FROM r.newest_at)::float8 AS newest_at
FROM backup_metrics.archive_range r
WHERE r.server LIKE ANY (ARRAY(SELECT json_array_elements_text($1::json)))
ORDER BY r.server, r.storage, r.kind, r.timeline, r.first_segment
