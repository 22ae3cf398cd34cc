-- The output of `pgbackrest info --output=json` as pgMonitor stores it: one row per backup, or one per stanza without backups. {table} is
-- replaced by the table's name, {read} by the status codes of a repository that could be read.
-- A repository may hold stanzas of other clusters, and a stanza may hold backups from before pg_upgrade. Only backups of this cluster
-- count. A stanza that names no cluster counts if no stanza is known to be of this one. Stanzas known to be of another cluster are reported
-- if there is nothing else.
WITH own AS MATERIALIZED (
  SELECT system_identifier::text AS id FROM pg_control_system()
), stanza AS MATERIALIZED (
  SELECT row_number() OVER () AS number, stanza, CASE jsonb_typeof(stanza->'db') WHEN 'array' THEN stanza->'db' ELSE '[]' END AS db
  FROM (SELECT jsonb_array_elements(CASE jsonb_typeof(data) WHEN 'array' THEN data ELSE '[null]' END) AS stanza FROM {table}) i
), judged AS MATERIALIZED (
  SELECT s.number, s.stanza, s.db, d.is_ours, d.other
  FROM stanza s CROSS JOIN LATERAL (
    SELECT bool_or(d->>'system-id' = own.id) AS is_ours, max(d->>'system-id') FILTER (WHERE d->>'system-id' <> own.id) AS other
    FROM jsonb_array_elements(s.db) d CROSS JOIN own WHERE d ? 'system-id') d
), backup AS (
  SELECT j.number, b.backup
  FROM judged j CROSS JOIN own
  CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(j.stanza->'backup') WHEN 'array' THEN j.stanza->'backup' ELSE '[]' END) AS b (backup)
  WHERE j.is_ours IS NULL OR j.is_ours AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(j.db) d
    WHERE d->'id' = b.backup#>'{database,id}' AND coalesce(d->>'repo-key', '1') = coalesce(b.backup#>>'{database,repo-key}', '1')
      AND d->>'system-id' <> own.id)
)
SELECT s.stanza->>'name' AS stanza,
       (s.stanza#>>'{status,code}')::int AS status_code, s.stanza#>>'{status,message}' AS status_message,
       b.backup->>'label' AS label, b.backup->>'type' AS kind, coalesce(b.backup#>>'{database,repo-key}', '') AS repository,
       b.backup->>'prior' AS parent,
       (b.backup#>>'{timestamp,start}')::float8 AS started_at, (b.backup#>>'{timestamp,stop}')::float8 AS finished_at,
       (b.backup#>>'{info,size}')::bigint AS size_bytes, (b.backup#>>'{info,repository,delta}')::bigint AS stored_bytes,
       (b.backup->>'error')::boolean AS has_errors,
       ((b.backup#>>'{lsn,start}')::pg_lsn - '0/0'::pg_lsn)::bigint AS start_lsn, b.backup#>>'{archive,start}' AS start_wal,
       (SELECT string_agg(format('repo%s: %s (status %s)', r->>'key', r#>>'{status,message}', r#>>'{status,code}'), '; ')
        FROM jsonb_array_elements(CASE jsonb_typeof(s.stanza->'repo') WHEN 'array' THEN s.stanza->'repo' ELSE '[]' END) r
        WHERE r#>>'{status,code}' NOT IN ({read})) AS repository_errors,
       CASE WHEN b.backup IS NULL AND jsonb_array_length(CASE jsonb_typeof(s.stanza->'backup') WHEN 'array' THEN s.stanza->'backup' ELSE '[]' END) > 0
         THEN s.other END AS other_cluster,
       own.id AS own_cluster
FROM judged s CROSS JOIN own LEFT JOIN backup b USING (number)
WHERE s.is_ours OR NOT EXISTS (SELECT FROM judged WHERE is_ours) AND (s.is_ours IS NULL OR NOT EXISTS (SELECT FROM judged WHERE is_ours IS NULL))
