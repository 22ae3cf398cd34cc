{{- /* What the NetworkPolicy lets the job connect to, from the URLs and connections of config. */ -}}

{{- define "backup-metrics.pushes" -}}
{{- if or (eq .Values.mode "cronjob") .Values.scrape.push }}true{{ end }}
{{- end }}

{{- define "backup-metrics.gateways" -}}
{{- $gateways := .Values.config.gateway | default list }}
{{- if kindIs "map" $gateways }}
{{- $gateways = list $gateways }}
{{- end }}
{{- toJson $gateways }}
{{- end }}

{{- /* Ports of the gateways within the cluster (inside) and of those elsewhere (outside), by the host of the URL. */ -}}
{{- define "backup-metrics.gatewayPorts" -}}
{{- $inside := list }}
{{- $outside := list }}
{{- range include "backup-metrics.gateways" . | fromJsonArray }}
{{- $url := urlParse (trim .url) }}
{{- $port := regexFind `:[0-9]+$` $url.host | trimPrefix ":" | default (ternary "443" "80" (eq (lower $url.scheme) "https")) | int }}
{{- if regexMatch `^([^.:]+([.][a-zA-Z][^.:]*)?|.+[.]svc([.].+)?)[.]?$` $url.hostname }}
{{- $inside = append $inside $port }}
{{- else }}
{{- $outside = append $outside $port }}
{{- end }}
{{- end }}
{{- if and $inside .Values.networkPolicy.gateway.ports }}
{{- $inside = .Values.networkPolicy.gateway.ports }}
{{- end }}
{{- dict "inside" (uniq $inside) "outside" (uniq $outside) | toJson }}
{{- end }}

{{- /* Ports of a connection: of a map, of a URI (each host's, or the parameter), of keywords. */ -}}
{{- define "backup-metrics.portsOf" -}}
{{- $ports := list }}
{{- if kindIs "map" . }}
{{- $ports = splitList "," (.port | default "" | toString) }}
{{- else if regexMatch `^\s*postgres(ql)?://` (. | default "" | toString) }}
{{- $ports = splitList "," (regexFind `[?&]port=[0-9,]+` . | regexFind `[0-9,]+`) }}
{{- range splitList "," (regexReplaceAll `^.*@` (regexFind `//[^/?#]*` .) "") }}
{{- $ports = append $ports (regexFind `:[0-9]+$` . | trimPrefix ":") }}
{{- end }}
{{- else }}
{{- $ports = splitList "," (regexFind `(^|\s)port\s*=\s*'?[0-9,]+` (. | default "" | toString) | regexFind `[0-9,]+$`) }}
{{- end }}
{{- without $ports "" | toJson }}
{{- end }}

{{- define "backup-metrics.postgresPorts" -}}
{{- $ports := list }}
{{- range .Values.networkPolicy.postgresPorts }}
{{- $ports = append $ports (int .) }}
{{- end }}
{{- range prepend .Values.config.targets (.Values.config.defaults | default dict) }}
{{- range include "backup-metrics.portsOf" .connection | fromJsonArray }}
{{- $ports = append $ports (int .) }}
{{- end }}
{{- end }}
{{- $ports | uniq | toJson }}
{{- end }}

{{- define "backup-metrics.egress" -}}
- ports:
  - {protocol: UDP, port: 53}
  - {protocol: TCP, port: 53}
- ports:
  {{- range include "backup-metrics.postgresPorts" . | fromJsonArray }}
  - {protocol: TCP, port: {{ . }}}
  {{- end }}
{{- if include "backup-metrics.pushes" . }}
{{- $ports := include "backup-metrics.gatewayPorts" . | fromJson }}
{{- with $ports.inside }}
- to:
  - namespaceSelector: {}
    podSelector:
      matchLabels: {{ toJson $.Values.networkPolicy.gateway.podLabels }}
  ports:
  {{- range . }}
  - {protocol: TCP, port: {{ . }}}
  {{- end }}
{{- end }}
{{- with $ports.outside }}
- ports:
  {{- range . }}
  - {protocol: TCP, port: {{ . }}}
  {{- end }}
{{- end }}
{{- if .Values.config.heartbeat }}
- ports:
  {{- range .Values.networkPolicy.heartbeatPorts }}
  - {protocol: TCP, port: {{ . }}}
  {{- end }}
{{- end }}
{{- end }}
{{- with .Values.networkPolicy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end }}
