{{/* The agents' configuration: that of the values, and what the switches need. */}}

{{/* Where the host's control groups are in the container; "" where they are not mounted. */}}
{{- define "mesh-exporter.cgroupRoot" -}}
{{- if or .Values.networkNamespaces.enabled .Values.controlGroups.enabled -}}
/host{{ .Values.controlGroups.path }}
{{- end -}}
{{- end -}}

{{- define "mesh-exporter.config" -}}
{{- $config := deepCopy (default dict .Values.config) -}}
{{- $kubernetes := dict "node_name" "${NODE_NAME}" -}}
{{- if .Values.networkNamespaces.enabled }}{{ $_ := set $kubernetes "network_namespaces" true }}{{ end -}}
{{- if .Values.endpointSlices.enabled }}{{ $_ := set $kubernetes "endpoint_slices" true }}{{ end -}}
{{- if .Values.kubelet.enabled }}{{ $_ := set $kubernetes "kubelet" (default dict .Values.kubelet.config) }}{{ end -}}
{{- $needed := dict "discovery" (dict "kubernetes" $kubernetes) -}}
{{- with include "mesh-exporter.cgroupRoot" . }}{{ $_ := set $needed "cgroup_root" . }}{{ end -}}
{{- if .Values.hostCertificates.enabled -}}
{{- $files := default list (dig "certificates" "files" list $config) -}}
{{- range .Values.hostCertificates.directories -}}
{{- $directory := .path -}}
{{- $paths := list -}}
{{- range .files }}{{ $paths = append $paths (printf "%s/%s" (trimSuffix "/" $directory) .) }}{{ end -}}
{{- $files = append $files (dict "paths" $paths) -}}
{{- end -}}
{{- $_ := set $needed "certificates" (dict "files" $files) -}}
{{- end -}}
{{- toYaml (mergeOverwrite $config $needed) -}}
{{- end -}}

{{/* The kubelet's, as its address has it; "" where that is for the environment of the pod to say. */}}
{{- define "mesh-exporter.kubeletPort" -}}
{{- $address := default ":10250" (default dict .Values.kubelet.config).address -}}
{{- regexFind ":[0-9]+$" $address | trimPrefix ":" -}}
{{- end -}}

{{- define "mesh-exporter.secretsConfig" -}}
{{- $secrets := mergeOverwrite (deepCopy (default dict .Values.secrets.config)) (dict "enabled" true) -}}
{{- toYaml (dict "certificates" (dict "secrets" $secrets)) -}}
{{- end -}}
