{{- define "backup-metrics.podSettings" -}}
automountServiceAccountToken: false
# A Service named backup-metrics would set variables like BACKUP_METRICS_PORT.
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . }}
{{- end }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" }}
{{- with get $.Values $key }}
{{ $key }}: {{ toJson . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "backup-metrics.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "backup-metrics.volumeMounts" -}}
volumeMounts:
- {name: config, mountPath: /etc/backup-metrics, readOnly: true}
{{- if .Values.existingSecret }}
- {name: secrets, mountPath: /run/secrets/backup-metrics, readOnly: true}
{{- end }}
{{- end }}

{{- define "backup-metrics.volumes" -}}
volumes:
- name: config
  configMap: {name: {{ include "backup-metrics.name" . }}}
{{- with .Values.existingSecret }}
- name: secrets
  # 288 is 0440: readable by the group 1654 only.
  secret: {secretName: {{ . }}, defaultMode: 288}
{{- end }}
{{- end }}

{{- define "backup-metrics.container" -}}
name: backup-metrics
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.extraEnv }}
env: {{ toJson . }}
{{- end }}
securityContext:
  {{- include "backup-metrics.restricted" . | nindent 2 }}
resources: {{ toJson .Values.resources }}
terminationMessagePolicy: FallbackToLogsOnError
{{ include "backup-metrics.volumeMounts" . }}
{{- end }}

{{- define "backup-metrics.securityContext" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 1654
  runAsGroup: 1654
  fsGroup: 1654
  seccompProfile: {type: RuntimeDefault}
{{- end }}
