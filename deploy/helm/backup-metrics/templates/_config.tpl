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

{{- /* How often a CronJob runs. A schedule finds out itself. */ -}}
{{- define "backup-metrics.interval" -}}
{{- $cron := .Values.schedule }}
{{- if eq $cron "* * * * *" }}1m
{{- else if regexMatch `^\*/[0-9]+ \* \* \* \*$` $cron }}{{ regexReplaceAll `^\*/([0-9]+) .*` $cron "${1}" }}m
{{- else if or (eq $cron "@hourly") (regexMatch `^[0-9]+ \* \* \* \*$` $cron) }}1h
{{- else if regexMatch `^[0-9]+ \*/[0-9]+ \* \* \*$` $cron }}{{ regexReplaceAll `^[0-9]+ \*/([0-9]+) .*` $cron "${1}" }}h
{{- else if or (has $cron (list "@daily" "@midnight")) (regexMatch `^[0-9]+ [0-9]+ \* \* \*$` $cron) }}1d
{{- else if or (eq $cron "@weekly") (regexMatch `^[0-9]+ [0-9]+ \* \* [0-9A-Za-z]+$` $cron) }}1w
{{- else }}{{ fail (printf "config.interval: how often is %q? Set it to the longest time between two runs, like 12h" $cron) }}
{{- end }}
{{- end }}

{{- define "backup-metrics.ports" -}}
{{- $ports := list }}
{{- range .Values.networkPolicy.postgresPorts }}
{{- $ports = append $ports (int .) }}
{{- end }}
{{- range prepend .Values.config.targets (.Values.config.defaults | default dict) }}
{{- if kindIs "map" .connection }}
{{- range splitList "," (.connection.port | default "" | toString) }}
{{- if . }}
{{- $ports = append $ports (int .) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- $ports | uniq | toJson }}
{{- end }}

{{- /* What would have no effect, or could not start. */ -}}
{{- define "backup-metrics.refuse" -}}
{{- if and (not .Values.existingSecret) (contains "/run/secrets/backup-metrics/" (toJson .Values.config)) }}
{{- fail "config names a file below /run/secrets/backup-metrics, and existingSecret is empty: nothing is mounted there" }}
{{- end }}
{{- if and (eq .Values.mode "cronjob") .Values.scrape.push }}
{{- fail "scrape.push: a CronJob always pushes; it is for mode: schedule" }}
{{- end }}
{{- if and (eq .Values.mode "schedule") (not .Values.config.grace) (lt (int .Values.terminationGracePeriodSeconds) 43) }}
{{- fail "terminationGracePeriodSeconds: must be at least 43 in mode schedule, which lets a run end within 30 s (config.grace) and then pushes" }}
{{- end }}
{{- if and .Values.serviceAccount.annotations (not .Values.serviceAccount.create) }}
{{- fail "serviceAccount.annotations: has no effect without serviceAccount.create" }}
{{- end }}
{{- end }}
