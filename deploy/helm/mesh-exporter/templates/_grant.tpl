{{/*
A right of an account: for the whole cluster, or in these namespaces only. Takes a dict: root, name,
account, namespaces (empty: all), rules.
*/}}
{{- define "mesh-exporter.grant" -}}
{{- $grant := . -}}
{{- range $namespace := default (list "") .namespaces }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ ternary "Role" "ClusterRole" (ne "" $namespace) }}
metadata:
  name: {{ $grant.name }}
  {{- if $namespace }}
  namespace: {{ $namespace }}
  {{- end }}
  labels:
    {{- include "mesh-exporter.labels" $grant.root | nindent 4 }}
rules:
  {{- toYaml $grant.rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ ternary "RoleBinding" "ClusterRoleBinding" (ne "" $namespace) }}
metadata:
  name: {{ $grant.name }}
  {{- if $namespace }}
  namespace: {{ $namespace }}
  {{- end }}
  labels:
    {{- include "mesh-exporter.labels" $grant.root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ ternary "Role" "ClusterRole" (ne "" $namespace) }}
  name: {{ $grant.name }}
subjects:
  - kind: ServiceAccount
    name: {{ $grant.account }}
    namespace: {{ $grant.root.Release.Namespace }}
{{- end }}
{{- end -}}

{{/* The rule to list and watch one kind of object; takes a dict: group, resource. */}}
{{- define "mesh-exporter.followRule" -}}
{{- toYaml (list (dict "apiGroups" (list .group) "resources" (list .resource) "verbs" (list "list" "watch"))) -}}
{{- end -}}
