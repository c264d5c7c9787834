{{/* How agents are asked by the program's own commands: for `helm test`, and in the notes. */}}

{{/* What a command needs for it: "open" nothing, "own" the chart's file, which passes the certificate over, "secret" a
password or a client's certificate. */}}
{{- define "mesh-exporter.access" -}}
{{- if not .Values.webConfig.existingSecret -}}
open
{{- else if .Values.webConfig.authentication -}}
secret
{{- else -}}
{{- ternary "own" "open" .Values.webConfig.tls -}}
{{- end -}}
{{- end -}}

{{/* The folder with http-config.yml in the pod of `helm test`; "" where it needs none, or nobody has named it. */}}
{{- define "mesh-exporter.testFolder" -}}
{{- if and .Values.webConfig.existingSecret .Values.webConfig.clientSecret -}}
/etc/mesh_exporter_client
{{- else if eq "own" (include "mesh-exporter.access" .) -}}
/etc/mesh_exporter
{{- end -}}
{{- end -}}

{{/* The words of `helm test`; none where an answer to somebody without a password would tell nothing. */}}
{{- define "mesh-exporter.testWords" -}}
{{- $address := printf "%s.%s:%d" (include "mesh-exporter.fullname" .) .Release.Namespace (int .Values.port) -}}
{{- $isTls := eq "https" (include "mesh-exporter.scheme" .Values) -}}
{{- $folder := include "mesh-exporter.testFolder" . -}}
{{- $words := list "targets" (printf "--agent=%s%s" (ternary "https://" "" $isTls) $address) -}}
{{- if $folder -}}
{{- $words = append $words (printf "--http.config.file=%s/http-config.yml" $folder) -}}
{{- else if eq "secret" (include "mesh-exporter.access" .) -}}
{{- $words = ternary (list "certificates" (printf "--connect=%s" $address)) list $isTls -}}
{{- end -}}
{{- toYaml (ternary $words list .Values.service.enabled) -}}
{{- end -}}
