{{/*
What is wrong with values beside each other, which the schema cannot see: pods that would not start are not
rendered. Takes the root.
*/}}

{{- define "mesh-exporter.refuse" -}}
{{- $flags := list -}}
{{- range .Values.extraArgs }}{{ $flags = append $flags (first (splitList "=" .)) }}{{ end -}}
{{- include "mesh-exporter.once" (dict "where" "extraArgs" "what" $flags) -}}
{{- $variables := list -}}
{{- range .Values.extraEnv }}{{ $variables = append $variables .name }}{{ end -}}
{{- include "mesh-exporter.once" (dict "where" "extraEnv" "what" $variables) -}}
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
{{- include "mesh-exporter.refuseUser" (dict "root" . "node" true) -}}
{{- include "mesh-exporter.refuseUser" (dict "root" . "node" false) -}}
{{- if and .Values.networkPolicy.enabled .Values.kubelet.enabled (not (include "mesh-exporter.kubeletPort" .)) -}}
{{- fail (printf "kubelet.config.address: %s; expected a port in figures at its end, which networkPolicy allows" .Values.kubelet.config.address) -}}
{{- end -}}
{{- end -}}

{{/* Root where the kubelet is told to start nobody who is: of one kind of agent. Takes a dict: root, node. */}}
{{- define "mesh-exporter.refuseUser" -}}
{{- $user := fromYaml (include "mesh-exporter.podSecurityContext" .) -}}
{{- range $key := list "runAsUser" "runAsNonRoot" -}}
{{- with $.root.Values.securityContext }}{{ if hasKey . $key }}{{ $_ := set $user $key (get . $key) }}{{ end }}{{ end -}}
{{- end -}}
{{- if and $user.runAsNonRoot (eq "0" (toString $user.runAsUser)) -}}
{{- fail "podSecurityContext, securityContext: runAsUser is 0 and runAsNonRoot true; expected runAsNonRoot: false beside root" -}}
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
