-- $1 server, $2 storage, $3 when the listing was made, $4 the segment size or null, $5 the number of listed segments, $6 the last segment
-- that the server had archived before the listing, or null, $7 the last one that the server says it has archived by now, or null, $8 when
-- that was queried, $9 whether the archive may have been emptied.
-- The segment in $7 need not be in this listing, which may have been made earlier. It must be in a listing made a quarter of an hour later,
-- because listing may take long. A segment of an older listing is also in a newer one, or newer segments are.
INSERT INTO backup_metrics.archive_listing AS l (
  server, storage, listed_at, imported_at, segment_size, names, archived_wal, asked_wal, asked_at, error)
VALUES ($1, $2, $3, now(), $4, $5, $6, $7, CASE WHEN $7 IS NOT NULL THEN $8::timestamptz END, NULL)
ON CONFLICT (server, storage) DO UPDATE SET
  listed_at = GREATEST(l.listed_at, excluded.listed_at), imported_at = excluded.imported_at, segment_size = excluded.segment_size, names = excluded.names, error = NULL,
  archived_wal = CASE
    WHEN excluded.archived_wal IS NOT NULL OR $9 THEN excluded.archived_wal
    WHEN l.asked_at <= excluded.listed_at - interval '15 min' THEN l.asked_wal
    ELSE l.archived_wal
  END,
  asked_wal = CASE WHEN $9 OR l.asked_at > excluded.listed_at - interval '15 min' IS NOT TRUE THEN excluded.asked_wal ELSE l.asked_wal END,
  asked_at = CASE WHEN $9 OR l.asked_at > excluded.listed_at - interval '15 min' IS NOT TRUE THEN excluded.asked_at ELSE l.asked_at END
