-- $1 servers as a JSON array. Returns those that are not in the catalogue.
SELECT named.server
FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS named (server, place)
WHERE NOT EXISTS (SELECT FROM backup_metrics.backup_source s WHERE s.server = named.server)
  AND NOT EXISTS (SELECT FROM backup_metrics.backup_count c WHERE c.server = named.server)
  AND NOT EXISTS (SELECT FROM backup_metrics.archive_listing l WHERE l.server = named.server)
ORDER BY named.place
