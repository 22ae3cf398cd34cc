-- The output of `pgbackrest info --output=json` as pgMonitor keeps it: one row a backup, or one a stanza that has none. {table} is replaced by its name.
-- Only the stanzas of this cluster count where any of them is of this cluster: a repository may hold others, too.
WITH stanza AS MATERIALIZED (
  SELECT stanza, EXISTS (
    SELECT FROM jsonb_array_elements(CASE jsonb_typeof(stanza->'db') WHEN 'array' THEN stanza->'db' ELSE '[]' END) d
    WHERE d->>'system-id' = (SELECT system_identifier::text FROM pg_control_system())) AS is_ours
  FROM (SELECT jsonb_array_elements(CASE jsonb_typeof(data) WHEN 'array' THEN data ELSE '[null]' END) AS stanza FROM {table}) i
)
SELECT s.stanza->>'name',
       (s.stanza#>>'{status,code}')::int, s.stanza#>>'{status,message}',
       b.backup->>'label', b.backup->>'type', coalesce(b.backup#>>'{database,repo-key}', ''), b.backup->>'prior',
       (b.backup#>>'{timestamp,start}')::float8, (b.backup#>>'{timestamp,stop}')::float8,
       (b.backup#>>'{info,size}')::bigint, (b.backup#>>'{info,repository,delta}')::bigint,
       (b.backup->>'error')::boolean,
       ((b.backup#>>'{lsn,start}')::pg_lsn - '0/0'::pg_lsn)::bigint,
       (SELECT string_agg(format('repo%s: %s (status %s)', r->>'key', r#>>'{status,message}', r#>>'{status,code}'), '; ')
        FROM jsonb_array_elements(CASE jsonb_typeof(s.stanza->'repo') WHEN 'array' THEN s.stanza->'repo' ELSE '[]' END) r
        WHERE r#>>'{status,code}' <> '0'),
       b.backup#>>'{archive,start}'
FROM stanza s
LEFT JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(s.stanza->'backup') WHEN 'array' THEN s.stanza->'backup' ELSE '[]' END) AS b (backup) ON true
WHERE s.is_ours OR NOT EXISTS (SELECT FROM stanza WHERE is_ours)
