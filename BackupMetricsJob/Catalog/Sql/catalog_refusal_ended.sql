-- $1 this host, $2 the tool whose list was accepted, $3 the requested tool (generic, if the list names its tool). Clears earlier refusals
-- from this host. A container's name never recurs, so any accepted list clears refusals recorded under such names.
DELETE FROM backup_metrics.backup_refusal WHERE tool IN ($2, $3) AND (host = $1 OR host ~ '^[0-9a-f]{12}$')
