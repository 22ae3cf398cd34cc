-- Version 5 of the catalogue: what the server had archived when its archive was listed.
-- PostgreSQL 12 and newer.

-- The newest segment that the server said it had archived, asked before the listing was made: it must be in the listing. Null: nobody asked.
ALTER TABLE backup_metrics.archive_listing ADD COLUMN archived_wal text CHECK (archived_wal ~ '^[0-9A-F]{24}$');
