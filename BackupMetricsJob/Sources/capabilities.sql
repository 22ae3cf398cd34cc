-- The privileges of this session's role on the server. Any login; PostgreSQL 12 and newer (older ones answer too, so that they can be
-- recognised). A privilege can be missing in pg_monitor itself (somebody revoked it) or only in the role; each needs a different GRANT.
SELECT extract(epoch FROM clock_timestamp())::float8 AS now,
       current_setting('server_version_num')::int AS version_number,
       quote_ident(current_user) AS role,
       pg_is_in_recovery() AS in_recovery,
       coalesce(has_function_privilege(wal_directory, 'EXECUTE'), false) AS may_list_wal,
       coalesce(has_function_privilege('pg_monitor', wal_directory, 'EXECUTE'), false) AS monitor_may_list_wal,
       coalesce(has_function_privilege(status_directory, 'EXECUTE'), false) AS may_list_status,
       coalesce(has_function_privilege('pg_monitor', status_directory, 'EXECUTE'), false) AS monitor_may_list_status,
       pg_has_role('pg_read_all_stats', 'USAGE') AS may_read_statistics,
       pg_has_role('pg_monitor', 'pg_read_all_stats', 'USAGE') AS monitor_may_read_statistics,
       pg_has_role('pg_monitor', 'MEMBER') AS is_member_of_monitor,
       (SELECT rolinherit FROM pg_roles WHERE rolname = current_user) AS inherits,
       has_function_privilege('pg_control_system()', 'EXECUTE') AS may_read_control,
       history.oid IS NOT NULL AS has_history,
       coalesce(has_schema_privilege(history.pronamespace, 'USAGE') AND has_function_privilege(history.oid, 'EXECUTE'), false) AS may_read_history,
       coalesce(has_schema_privilege(catalog.relnamespace, 'USAGE') AND has_table_privilege(catalog.oid, 'SELECT'), false) AS may_read_catalog
FROM (VALUES (to_regprocedure('pg_ls_waldir()'), to_regprocedure('pg_ls_archive_statusdir()'))) AS asked (wal_directory, status_directory)
LEFT JOIN pg_proc history ON history.proname = 'base_backup_history' AND history.pronargs = 0
  AND history.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'backup_metrics')
LEFT JOIN pg_class catalog ON catalog.relname = 'backup_catalog' AND catalog.relkind IN ('r', 'p')
  AND catalog.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'backup_metrics')
