-- A tool's list before it is merged. A temporary table vanishes with the session, and is not WAL-logged.
CREATE TEMPORARY TABLE listing (
  server text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL, storage text NOT NULL, backup_id text NOT NULL, status text NOT NULL,
  started_at timestamptz, finished_at timestamptz, size_bytes bigint, stored_bytes bigint, parent_id text,
  start_lsn pg_lsn, stop_lsn pg_lsn, start_wal text, stop_wal text, timeline int, pg_version_num int, system_identifier numeric(20),
  database text, has_errors boolean, error text, keep_until timestamptz, raw jsonb, time_of_object boolean NOT NULL, comparable boolean NOT NULL
)
