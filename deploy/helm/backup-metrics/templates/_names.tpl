{{- define "backup-metrics.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "backup-metrics.selector" -}}
app.kubernetes.io/name: backup-metrics
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "backup-metrics.labels" -}}
{{ include "backup-metrics.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "backup-metrics.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (ternary (include "backup-metrics.name" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "backup-metrics.component" -}}
{{ ternary "schedule" "job" (eq .Values.mode "schedule") }}
{{- end }}
