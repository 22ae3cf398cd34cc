-- The newest backup history file and its label, read by backup_metrics.base_backup_history(). PostgreSQL 12 to 18.
-- docs/metrics.md lists which tool writes which label. Barman's backup_method=postgres has pg_basebackup's label.
SELECT extract(epoch FROM finish_at)::float8 AS finished_at,
       extract(epoch FROM start_at)::float8 AS started_at,
       CASE
         WHEN label LIKE 'pgBackRest backup started at %' THEN 'pgbackrest'
         WHEN label ~ '^Barman backup \S+ \d{8}T\d{6}$' THEN 'barman'
         WHEN label IN ('pghoard_base_backup', 'pghoard_end_of_backup') THEN 'pghoard'
         WHEN label = 'wal-g' OR label = ''
           OR label ~ '^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \S+( m=[+-][0-9.]+)?$' THEN 'wal-g'
         WHEN label = 'pg_basebackup base backup' THEN 'pg_basebackup'
         ELSE 'unknown'
       END AS tool,
       native_incremental AS is_incremental
FROM backup_metrics.base_backup_history() ORDER BY finish_at DESC, file_name DESC LIMIT 1
