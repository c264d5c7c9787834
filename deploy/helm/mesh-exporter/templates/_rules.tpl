{{/*
alerts/mesh_exporter.rules.yaml with the addresses and overrides of the values. What a rule says of
{{ $labels }} is text here: the file is read, and no template.
*/}}

{{- define "mesh-exporter.ruleGroups" -}}
{{- $values := .Values.prometheusRule -}}
{{- $text := .Files.Get "files/alerts/mesh_exporter.rules.yaml" -}}
{{- $text = $text | replace "https://grafana.example.com/d/" (printf "%s/d/" (trimSuffix "/" $values.grafanaUrl)) -}}
{{- $text = $text | replace "https://github.com/mesh-exporter/mesh_exporter/blob/main/docs/runbook.md#" (printf "%s#" $values.runbookUrl) -}}
{{- $groups := (fromYaml $text).groups -}}
{{- include "mesh-exporter.checkOverrides" (dict "groups" $groups "alerts" $values.alerts) -}}
{{- $kept := list -}}
{{- range $group := $groups -}}
{{- $rules := list -}}
{{- range $rule := $group.rules -}}
{{- $override := dict -}}
{{- if $rule.alert -}}
{{- $override = default dict (get $values.alerts $rule.alert) -}}
{{- include "mesh-exporter.override" (dict "rule" $rule "override" $override "labels" $values.additionalRuleLabels) -}}
{{- end -}}
{{- if dig "enabled" true $override }}{{ $rules = append $rules $rule }}{{ end -}}
{{- end -}}
{{- if $rules }}{{ $kept = append $kept (set $group "rules" $rules) }}{{ end -}}
{{- end -}}
{{- toYaml $kept -}}
{{- end -}}

{{/* Fails where an override is about no alert, gives one expression to several rules, or another threshold to
one that ends in none. */}}
{{- define "mesh-exporter.checkOverrides" -}}
{{- $names := list -}}
{{- range .groups }}{{ range .rules }}{{ if .alert }}{{ $names = append $names .alert }}{{ end }}{{ end }}{{ end -}}
{{- range $name, $override := .alerts -}}
{{- $count := 0 -}}
{{- range $names }}{{ if eq . $name }}{{ $count = add1 $count }}{{ end }}{{ end -}}
{{- if not $count -}}
{{- fail (printf "prometheusRule.alerts.%s: there is no such alert; there are %s" $name ($names | uniq | join ", ")) -}}
{{- end -}}
{{- if and $override.expr (gt (int $count) 1) -}}
{{- fail (printf "prometheusRule.alerts.%s.expr: there are %d rules of that name; disable them and add your own by extraObjects" $name (int $count)) -}}
{{- end -}}
{{- $with := splitList " " (include "mesh-exporter.withThreshold" $) -}}
{{- if and (hasKey $override "threshold") (or $override.expr (not (has $name $with))) -}}
{{- fail (printf "prometheusRule.alerts.%s.threshold: expected without expr, and of one of %s; of others give expr" $name (join ", " $with)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Alerts whose expression ends in "> " and a share, which is the threshold: `threshold` goes in its place. */}}
{{- define "mesh-exporter.withThreshold" -}}
MeshCallsUnavailable MeshCallsTimedOut MeshRetryStorm MeshControlPlaneDown MeshRotationOverdueFleet MeshSidecarCpuThrottled
{{- end -}}

{{/* Changes `rule`; prints nothing. */}}
{{- define "mesh-exporter.override" -}}
{{- $rule := .rule -}}
{{- range $key := list "expr" "for" "keep_firing_for" -}}
{{- with get $.override $key }}{{ $_ := set $rule $key . }}{{ end -}}
{{- end -}}
{{- if hasKey .override "threshold" -}}
{{- $_ := set $rule "expr" (regexReplaceAll "> [0-9.]+\\s*$" $rule.expr (printf "> %v" .override.threshold)) -}}
{{- end -}}
{{- $labels := mergeOverwrite (dict) $rule.labels .labels (default dict .override.labels) -}}
{{- with .override.severity }}{{ $_ := set $labels "severity" . }}{{ end -}}
{{- $_ := set $rule "labels" $labels -}}
{{- end -}}
