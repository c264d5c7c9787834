{{/*
What is wrong with values beside each other, which the schema cannot see: pods that would not start are not
rendered. Takes the root.
*/}}

{{- define "mesh-exporter.refuse" -}}
{{- $flags := list -}}
{{- range .Values.extraArgs }}{{ $flags = append $flags (first (splitList "=" .)) }}{{ end -}}
{{- include "mesh-exporter.once" (dict "where" "extraArgs" "what" $flags) -}}
{{- $names := list -}}
{{- range .Values.extraVolumes }}{{ $names = append $names .name }}{{ end -}}
{{- include "mesh-exporter.once" (dict "where" "extraVolumes" "what" $names) -}}
{{- $places := list -}}
{{- if .Values.hostCertificates.enabled -}}
{{- range .Values.hostCertificates.directories }}{{ $places = append $places (trimSuffix "/" .path) }}{{ end -}}
{{- end -}}
{{- include "mesh-exporter.once" (dict "where" "hostCertificates.directories" "what" $places) -}}
{{- range .Values.extraVolumeMounts }}{{ $places = append $places (trimSuffix "/" .mountPath) }}{{ end -}}
{{- include "mesh-exporter.once" (dict "where" "extraVolumeMounts" "what" $places) -}}
{{- if and .Values.networkPolicy.enabled .Values.kubelet.enabled (not (include "mesh-exporter.kubeletPort" .)) -}}
{{- fail (printf "kubelet.config.address: %s; expected a port in figures at its end, which networkPolicy allows" .Values.kubelet.config.address) -}}
{{- end -}}
{{- end -}}

{{/* Takes a dict: where, what (a list of texts, each of which may be there once). */}}
{{- define "mesh-exporter.once" -}}
{{- $where := .where -}}
{{- $seen := dict -}}
{{- range .what -}}
{{- if hasKey $seen . }}{{ fail (printf "%s: %s is there twice; expected each once" $where .) }}{{ end -}}
{{- $_ := set $seen . true -}}
{{- end -}}
{{- end -}}
