-- What may be asked of this server, and by whom. Any login; PostgreSQL 12 and newer (older ones answer too, so that they can be told apart).
SELECT extract(epoch FROM clock_timestamp())::float8,
       current_setting('server_version_num')::int,
       quote_ident(current_user),
       pg_is_in_recovery(),
       coalesce(has_function_privilege(to_regprocedure('pg_ls_waldir()'), 'EXECUTE'), false)
         AND coalesce(has_function_privilege(to_regprocedure('pg_ls_archive_statusdir()'), 'EXECUTE'), false) AS may_list,
       pg_has_role('pg_read_all_stats', 'USAGE') AS may_read_stats,
       h.oid IS NOT NULL AS has_history,
       coalesce(has_schema_privilege(h.pronamespace, 'USAGE') AND has_function_privilege(h.oid, 'EXECUTE'), false) AS may_read_history
FROM (VALUES (true)) AS one(row)
LEFT JOIN pg_proc h ON h.proname = 'base_backup_history' AND h.pronargs = 0
  AND h.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'backup_metrics')
