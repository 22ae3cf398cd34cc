{{- /* The file: what `config` says, and what follows from other values. */ -}}
{{- define "backup-metrics.config" -}}
{{- $config := .Values.config }}
{{- $defaults := $config.defaults | default dict }}
{{- if and .Values.existingSecret .Values.passwordKey (not (or $defaults.password_file $defaults.password_env)) }}
{{- $defaults = set (deepCopy $defaults) "password_file" (printf "/run/secrets/backup-metrics/%s" .Values.passwordKey) }}
{{- $config = merge (dict "defaults" $defaults) (omit $config "defaults") }}
{{- end }}
{{- if and (eq .Values.mode "schedule") (not .Values.scrape.push) }}
{{- $config = omit $config "gateway" }}
{{- end }}
{{- if and (eq .Values.mode "cronjob") (not $config.interval) }}
{{- $config = merge (dict "interval" (include "backup-metrics.interval" .)) $config }}
{{- end }}
{{- toYaml $config }}
{{- end }}

{{- /* How often a CronJob runs, where the schedule is a simple one. A schedule finds out itself. */ -}}
{{- define "backup-metrics.knownInterval" -}}
{{- $cron := .Values.schedule }}
{{- if eq $cron "* * * * *" }}1m
{{- else if regexMatch `^\*/[6-9][0-9] \* \* \* \*$` $cron }}1h
{{- else if regexMatch `^\*/[0-9]+ \* \* \* \*$` $cron }}{{ regexReplaceAll `^\*/([0-9]+) .*` $cron "${1}" }}m
{{- else if or (eq $cron "@hourly") (regexMatch `^[0-9]+ \* \* \* \*$` $cron) }}1h
{{- else if regexMatch `^[0-9]+ \*/(2[4-9]|[3-9][0-9]) \* \* \*$` $cron }}1d
{{- else if regexMatch `^[0-9]+ \*/[0-9]+ \* \* \*$` $cron }}{{ regexReplaceAll `^[0-9]+ \*/([0-9]+) .*` $cron "${1}" }}h
{{- else if or (has $cron (list "@daily" "@midnight")) (regexMatch `^[0-9]+ [0-9]+ \* \* \*$` $cron) }}1d
{{- else if or (eq $cron "@weekly") (regexMatch `^[0-9]+ [0-9]+ \* \* [0-9A-Za-z]+$` $cron) }}1w
{{- end }}
{{- end }}

{{- define "backup-metrics.interval" -}}
{{- $known := include "backup-metrics.knownInterval" . }}
{{- if not $known }}
{{- fail (printf "config.interval: how often is %q? Set it to the longest time between two runs, like 12h" .Values.schedule) }}
{{- end }}
{{- $known }}
{{- end }}
