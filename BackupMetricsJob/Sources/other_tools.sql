-- Where other monitoring tools keep their facts about backups, under their usual names: pgMonitor's table pgbackrest_info (the extension
-- puts it in pgmonitor_ext, older scripts in monitor) and pgwatch's functions (in whatever schema its user chose). Any login; PostgreSQL 12
-- to 18.
SELECT (SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'pgbackrest_info' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\_temp%'
          AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'data' AND a.atttypid = 'jsonb'::regtype)
        ORDER BY n.nspname <> 'pgmonitor_ext', n.nspname <> 'monitor', n.nspname LIMIT 1) AS pgbackrest_table,
       (SELECT format('%I.%I', n.nspname, f.proname)
        FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
        WHERE f.proname = 'get_backup_age_pgbackrest' AND f.pronargs = 0 ORDER BY n.nspname <> 'public', n.nspname LIMIT 1) AS pgbackrest_age,
       (SELECT format('%I.%I', n.nspname, f.proname)
        FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
        WHERE f.proname = 'get_backup_age_walg' AND f.pronargs = 0 ORDER BY n.nspname <> 'public', n.nspname LIMIT 1) AS walg_age
