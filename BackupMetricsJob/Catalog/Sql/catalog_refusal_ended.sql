-- $1 the host that this runs on, $2 the tool whose list was not refused, $3 what was asked for (generic, where the list names its tool).
-- It ends whatever was refused from this host before. The name of a container is never seen again: any list ends what was refused there.
DELETE FROM backup_metrics.backup_refusal WHERE tool IN ($2, $3) AND (host = $1 OR host ~ '^[0-9a-f]{12}$')
