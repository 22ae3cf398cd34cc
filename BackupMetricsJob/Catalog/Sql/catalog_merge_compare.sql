-- After catalog_merge_known.sql: how many listed backups the catalogue knows, and how many of them differ. Most of a row is raw, which is
-- not compared. So this costs a fraction of the update, which is skipped if nothing differs.
SELECT count(*) AS known, count(*) FILTER (WHERE differs) AS differing FROM compared
