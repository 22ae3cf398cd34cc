-- The newest backup history file where its label may not be read: only when it was finished. pg_monitor; PostgreSQL 12 to 18.
SELECT extract(epoch FROM modification)::float8 AS finished_at, NULL::float8 AS started_at, 'unknown' AS tool
FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}\.[0-9A-F]{8}\.backup$' ORDER BY modification DESC, name DESC LIMIT 1
