-- After catalog_merge_known.sql: how many backups the catalogue knows, and of how many it says something else. A row is long by what it was
-- said with (raw), which is not looked at here: so this costs a fraction of the update, which is not even tried where nothing differs.
SELECT count(*) AS known, count(*) FILTER (WHERE differs) AS differing FROM compared
