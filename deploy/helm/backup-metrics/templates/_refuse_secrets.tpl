{{- /* What others could read in the ConfigMap, or in the pod: `kubectl get` shows both. */ -}}

{{- define "backup-metrics.secretWords" -}}
password|sslpassword|oauth_client_secret|scram_client_key|scram_server_key
{{- end }}

{{- define "backup-metrics.open" -}}
{{- fail (printf "%s: others can read it %s. Put it into the Secret that existingSecret names, and set %s" .name .where .instead) }}
{{- end }}

{{- define "backup-metrics.openInMap" -}}
{{- $instead := printf "%s: /run/secrets/backup-metrics/KEY%s" .key (.more | default "") }}
{{- include "backup-metrics.open" (dict "name" .name "where" "in the ConfigMap" "instead" $instead) }}
{{- end }}

{{- /* "yes" if a connection has a secret: a map, a URI, or keywords. */ -}}
{{- define "backup-metrics.hasSecret" -}}
{{- $words := include "backup-metrics.secretWords" . }}
{{- if kindIs "map" . }}
{{- range $key, $value := . }}
{{- if and $value (has $key (splitList "|" $words)) }}yes{{ end }}
{{- end }}
{{- else }}
{{- $text := . | default "" | toString }}
{{- if regexMatch `^\s*postgres(ql)?://` $text }}
{{- if or (regexMatch `^[^/]*//[^/@:]*:[^/@]+@` $text) (regexMatch (printf `[?&](%s)=[^&]` $words) $text) }}yes{{ end }}
{{- else if regexMatch (printf `(^|\s)(%s)\s*=\s*('[^']|[^'\s])` $words) $text }}yes{{ end }}
{{- end }}
{{- end }}

{{- /* A variable that the pod has in the open, though its name says that it is a secret, or config does. */ -}}
{{- define "backup-metrics.openVariables" -}}
{{- range .variables }}
{{- if .value }}
{{- $connects := has .name (list "BACKUP_METRICS_CONNECTION" "BACKUP_METRICS_CATALOGUE") }}
{{- if or
  (regexMatch `(PASS|PASSWORD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS|SECRET_ACCESS_KEY|PRIVATE_KEY|BACKUP_METRICS_HEARTBEAT)$` (upper .name))
  (has .name $.named)
  (and $connects (include "backup-metrics.hasSecret" .value)) }}
{{- include "backup-metrics.open"
  (dict "name" (printf "%s %s" $.key .name) "where" "in the pod" "instead" "valueFrom: {secretKeyRef: {name: SECRET, key: KEY}}") }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "backup-metrics.openArguments" -}}
{{- $before := "" }}
{{- range .arguments }}
{{- $flag := . }}
{{- $value := "" }}
{{- if regexMatch `^--[a-z-]+=` . }}
{{- $flag = regexFind `^--[a-z-]+` . }}
{{- $value = regexReplaceAll `^--[a-z-]+=` . "" }}
{{- else if hasPrefix "--" $before }}
{{- $flag = $before }}
{{- $value = . }}
{{- end }}
{{- $connects := has $flag (list "--connection" "--catalogue") }}
{{- if and $value (or (eq $flag "--heartbeat") (and $connects (include "backup-metrics.hasSecret" $value))) }}
{{- include "backup-metrics.open" (dict "name" (printf "%s %s" $.key $flag) "where" "in the pod" "instead"
  (ternary "config.heartbeat.url_file: /run/secrets/backup-metrics/KEY" "PGPASSWORD from it in extraEnv or drill.env" (eq $flag "--heartbeat"))) }}
{{- end }}
{{- $before = . }}
{{- end }}
{{- end }}

{{- define "backup-metrics.refuseSecrets" -}}
{{- $config := .Values.config }}
{{- $named := list }}
{{- $defaults := $config.defaults | default dict }}
{{- if include "backup-metrics.hasSecret" $defaults.connection }}
{{- include "backup-metrics.openInMap" (dict "name" "config.defaults.connection has a password" "key" "config.defaults.password_file") }}
{{- end }}
{{- $named = append $named $defaults.password_env }}
{{- range $i, $target := $config.targets }}
{{- if include "backup-metrics.hasSecret" $target.connection }}
{{- include "backup-metrics.openInMap" (dict "name" (printf "config.targets[%d].connection (%v) has a password" $i $target.name)
  "key" "password_file" "more" " of that target, or connection_file instead of connection") }}
{{- end }}
{{- $named = concat $named (list $target.password_env $target.connection_env) }}
{{- end }}
{{- range include "backup-metrics.gateways" . | fromJsonArray }}
{{- if (.basic_auth | default dict).password }}
{{- include "backup-metrics.openInMap" (dict "name" "config.gateway.basic_auth.password" "key" "password_file") }}
{{- end }}
{{- if (.authorization | default dict).credentials }}
{{- include "backup-metrics.openInMap" (dict "name" "config.gateway.authorization.credentials" "key" "credentials_file") }}
{{- end }}
{{- $named = append $named (.basic_auth | default dict).password_env }}
{{- end }}
{{- with $config.heartbeat }}
{{- if .url }}
{{- include "backup-metrics.openInMap" (dict "name" "config.heartbeat.url" "key" "url_file") }}
{{- end }}
{{- range $key := list "start" "fail" }}
{{- if not (has (get $config.heartbeat $key) (list nil "" "none")) }}
{{- fail (printf "config.heartbeat.%s: others can read it in the ConfigMap. Leave it out (url_file with /%s is called), or set none" $key $key) }}
{{- end }}
{{- end }}
{{- $named = append $named .url_env }}
{{- end }}
{{- include "backup-metrics.openVariables" (dict "key" "extraEnv" "variables" .Values.extraEnv "named" (compact $named)) }}
{{- include "backup-metrics.openVariables" (dict "key" "drill.env" "variables" .Values.drill.env "named" list) }}
{{- include "backup-metrics.openArguments" (dict "key" "extraArgs" "arguments" .Values.extraArgs) }}
{{- include "backup-metrics.openArguments" (dict "key" "drill.args" "arguments" .Values.drill.args) }}
{{- end }}
