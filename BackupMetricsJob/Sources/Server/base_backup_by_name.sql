-- The newest backup history file if its label may not be read: only its finish time. pg_monitor; PostgreSQL 12 to 18.
SELECT extract(epoch FROM modification)::float8 AS finished_at, NULL::float8 AS started_at, 'unknown' AS tool, NULL::boolean AS is_incremental
FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}\.[0-9A-F]{8}\.backup$' ORDER BY modification DESC, name DESC LIMIT 1
