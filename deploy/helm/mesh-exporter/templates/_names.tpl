{{/* Names and labels, which all templates share. */}}

{{- define "mesh-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* 38 characters, for the longest that is put behind it has 24 (a dashboard's); the last a letter or figure. */}}
{{- define "mesh-exporter.fullname" -}}
{{- regexReplaceAll "[-.]+$" (trunc 38 (include "mesh-exporter.wholeName" .)) "" -}}
{{- end -}}

{{- define "mesh-exporter.wholeName" -}}
{{- $name := include "mesh-exporter.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name -}}
{{- end -}}
{{- end -}}

{{- define "mesh-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "mesh-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mesh-exporter.labels" -}}
{{ include "mesh-exporter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The same with some more, which go before them; takes a list: the root, and these. */}}
{{- define "mesh-exporter.labelsWith" -}}
{{- toYaml (mergeOverwrite (fromYaml (include "mesh-exporter.labels" (first .))) (deepCopy (default dict (last .)))) -}}
{{- end -}}

{{- define "mesh-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "mesh-exporter.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "mesh-exporter.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* By which the agents are asked; takes the values. */}}
{{- define "mesh-exporter.scheme" -}}
{{- ternary "https" "http" (and (ne "" (default "" .webConfig.existingSecret)) .webConfig.tls) -}}
{{- end -}}
