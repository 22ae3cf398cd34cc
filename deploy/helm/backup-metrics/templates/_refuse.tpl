{{- /* What contradicts itself, would have no effect, or could not start. */ -}}

{{- /* A duration of the configuration file in seconds, rounded up. */ -}}
{{- define "backup-metrics.seconds" -}}
{{- $seconds := 0.0 }}
{{- $units := dict "y" 31536000.0 "w" 604800.0 "d" 86400.0 "h" 3600.0 "m" 60.0 "s" 1.0 "ms" 0.001 }}
{{- range regexFindAll `[0-9]+(ms|[ywdhms])` . -1 }}
{{- $seconds = addf $seconds (mulf (regexFind `[0-9]+` . | float64) (get $units (regexFind `[a-z]+` .))) }}
{{- end }}
{{- ceil $seconds | int64 }}
{{- end }}

{{- /* The fields of cron, as Kubernetes reads them. */ -}}
{{- define "backup-metrics.refuseCron" -}}
{{- $months := "|[jJ][aA][nN]|[fF][eE][bB]|[mM][aA][rRyY]|[aA][pP][rR]|[jJ][uU][nNlL]|[aA][uU][gG]|[sS][eE][pP]|[oO][cC][tT]|[nN][oO][vV]|[dD][eE][cC]" }}
{{- $days := "|[sS][uU][nN]|[mM][oO][nN]|[tT][uU][eE]|[wW][eE][dD]|[tT][hH][uU]|[fF][rR][iI]|[sS][aA][tT]" }}
{{- $fields := list }}
{{- range list "[0-5]?[0-9]" "1?[0-9]|2[0-3]" "[1-9]|[12][0-9]|3[01]" (print "[1-9]|1[0-2]" $months) (print "[0-6]" $days) }}
{{- $part := printf `(\*|(%s)(-(%s))?)(/[1-9][0-9]?)?` . . }}
{{- $fields = append $fields (printf "%s(,%s)*" $part $part) }}
{{- end }}
{{- if not (regexMatch (printf "^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|%s)$" (join " " $fields)) .schedule) }}
{{- fail (printf "%s: %q is no schedule of cron: minute, hour, day, month and weekday, like */5 * * * *" .name .schedule) }}
{{- end }}
{{- end }}

{{- /* Sprig takes a zone that it does not know for UTC. A host without zones knows none. */ -}}
{{- define "backup-metrics.refuseZone" -}}
{{- $knows := ne (dateInZone "MST" now "Europe/Zurich") "UTC" }}
{{- if and $knows (eq (dateInZone "MST" now .) "UTC") (not (regexMatch "^(Etc/)?(UTC|UCT|Universal|Zulu)$" .)) }}
{{- fail (printf "timeZone: there is no %q; a zone is like Europe/Zurich or Etc/UTC" .) }}
{{- end }}
{{- end }}

{{- /* What the chart sets itself, or must know. */ -}}
{{- define "backup-metrics.refuseFlags" -}}
{{- $own := dict "config" "config" "interval" "config.interval" "deadline" "config.deadline" "splay" "config.splay" "grace" "config.grace"
  "gateway" "config.gateway" "heartbeat-file" "config.heartbeat.url_file" "cron" "schedule" "timezone" "timeZone" "listen" "mode: schedule"
  "no-push" "scrape.push" "textfile" "no value: the pod's file system cannot be written" }}
{{- range .Values.extraArgs }}
{{- $flag := regexFind `^--[a-z-]+` . }}
{{- with get $own (trimPrefix "--" $flag) }}
{{- fail (printf "extraArgs: %s: the chart knows it by %s" $flag .) }}
{{- end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- $name := .name }}
{{- with get $own (regexFind `^BACKUP_METRICS_.+` $name | trimPrefix "BACKUP_METRICS_" | lower | replace "_" "-") }}
{{- fail (printf "extraEnv: %s: the chart knows it by %s" $name .) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "backup-metrics.refuseTimes" -}}
{{- $config := .Values.config }}
{{- $run := add (include "backup-metrics.seconds" ($config.deadline | default "60s")) (include "backup-metrics.seconds" ($config.splay | default "0s")) }}
{{- if eq .Values.mode "cronjob" }}
{{- $least := add (mul 2 $run) 10 }}
{{- if lt (int64 .Values.activeDeadlineSeconds) $least }}
{{- fail (printf "activeDeadlineSeconds: must be at least %d: two pods with the time of a run (config.deadline and config.splay: %d s), 10 s apart" $least $run) }}
{{- end }}
{{- $interval := $config.interval }}
{{- if not $interval }}
{{- $interval = include "backup-metrics.interval" . }}
{{- end }}
{{- $known := include "backup-metrics.knownInterval" . }}
{{- if and $known (ne (include "backup-metrics.seconds" $interval) (include "backup-metrics.seconds" $known)) }}
{{- fail (printf "config.interval: is %s, but %q runs every %s: leave it out" $interval .Values.schedule $known) }}
{{- end }}
{{- if gt $run (include "backup-metrics.seconds" $interval | int64) }}
{{- fail (printf "config.deadline: a run may take %d s (with config.splay), but one is due every %s" $run $interval) }}
{{- end }}
{{- else }}
{{- if $config.interval }}
{{- fail "config.interval: has no effect in mode schedule, which takes it from schedule: leave it out" }}
{{- end }}
{{- $grace := include "backup-metrics.seconds" ($config.grace | default "30s") }}
{{- if lt (int64 .Values.terminationGracePeriodSeconds) (add $grace 13) }}
{{- fail (printf "terminationGracePeriodSeconds: must be at least %d in mode schedule, which lets a run end within %s s (config.grace) and then pushes" (add $grace 13) $grace) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "backup-metrics.refuseDrill" -}}
{{- include "backup-metrics.refuseCron" (dict "name" "drill.schedule" "schedule" .schedule) }}
{{- $timeout := regexFind `(^| )--timeout[= ][^ ]+` (join " " .args) | regexFind `[^= ]+$` | default "6h" }}
{{- if le (int64 .activeDeadlineSeconds) (include "backup-metrics.seconds" $timeout | int64) }}
{{- fail (printf "drill.activeDeadlineSeconds: must be more than the --timeout of the drill (%s), so that it ends by itself and says what it found" $timeout) }}
{{- end }}
{{- end }}

{{- define "backup-metrics.refuse" -}}
{{- if not .Values.config.targets }}
{{- fail "config.targets is empty: name the databases, like --set-json 'config.targets=[{\"name\":\"orders\",\"connection\":{\"host\":\"orders-db\"}}]'" }}
{{- end }}
{{- include "backup-metrics.refuseCron" (dict "name" "schedule" "schedule" .Values.schedule) }}
{{- include "backup-metrics.refuseZone" .Values.timeZone }}
{{- include "backup-metrics.refuseFlags" . }}
{{- include "backup-metrics.refuseSecrets" . }}
{{- include "backup-metrics.refuseTimes" . }}
{{- if .Values.drill.enabled }}
{{- include "backup-metrics.refuseDrill" .Values.drill }}
{{- end }}
{{- if include "backup-metrics.pushes" . }}
{{- if not .Values.config.gateway }}
{{- fail (printf "config.gateway: is empty, and %s pushes" (ternary "a CronJob" "scrape.push" (eq .Values.mode "cronjob"))) }}
{{- end }}
{{- else if .Values.config.heartbeat }}
{{- fail "config.heartbeat: has no effect without scrape.push" }}
{{- end }}
{{- if and (not .Values.existingSecret) (contains "/run/secrets/backup-metrics/" (toJson .Values.config)) }}
{{- fail "config names a file below /run/secrets/backup-metrics, and existingSecret is empty: nothing is mounted there" }}
{{- end }}
{{- if and (eq .Values.mode "cronjob") .Values.scrape.push }}
{{- fail "scrape.push: a CronJob always pushes; it is for mode: schedule" }}
{{- end }}
{{- if and .Values.serviceAccount.annotations (not .Values.serviceAccount.create) }}
{{- fail "serviceAccount.annotations: has no effect without serviceAccount.create" }}
{{- end }}
{{- end }}
