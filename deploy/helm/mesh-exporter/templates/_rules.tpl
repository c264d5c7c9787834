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
{{- include "mesh-exporter.checkOverrides" (dict "groups" $groups "alerts" (default dict $values.alerts)) -}}
{{- $kept := list -}}
{{- range $group := $groups -}}
{{- $rules := list -}}
{{- range $rule := $group.rules -}}
{{- $override := dict -}}
{{- if $rule.alert -}}
{{- $override = default dict (get (default dict $values.alerts) $rule.alert) -}}
{{- include "mesh-exporter.override" (dict "rule" $rule "override" $override "labels" (default dict $values.additionalRuleLabels)) -}}
{{- end -}}
{{- if dig "enabled" true $override }}{{ $rules = append $rules $rule }}{{ end -}}
{{- end -}}
{{- if $rules }}{{ $kept = append $kept (set $group "rules" $rules) }}{{ end -}}
{{- end -}}
{{- toYaml $kept -}}
{{- end -}}

{{/* Fails where an override is about no alert, gives one expression to several rules, or a threshold to one that has
none, or one that makes no sense. */}}
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
{{- if hasKey $override "threshold" -}}
{{- $thresholds := fromYaml (include "mesh-exporter.thresholds" $) -}}
{{- $one := get $thresholds $name -}}
{{- if or $override.expr (not $one) -}}
{{- fail (printf "prometheusRule.alerts.%s.threshold: expected without expr, and of one of %s; of others give expr" $name (keys $thresholds | sortAlpha | join ", ")) -}}
{{- end -}}
{{- if gt (float64 $override.threshold) (float64 $one.most) -}}
{{- fail (printf "prometheusRule.alerts.%s.threshold: %v; expected at most %v" $name $override.threshold $one.most) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Alerts whose expression has a threshold: its number as it is, between what stands before and behind it (regular
expressions), and the most that it may be. tests/deploy holds it against the rules. */}}
{{- define "mesh-exporter.thresholds" -}}
MeshErrorBudgetBurn: {before: '[0-9] \* ', number: 0.001, behind: '', most: 1}
MeshCallsUnavailable: {before: '> ', number: 0.05, behind: '$', most: 1}
MeshCallsTimedOut: {before: '> ', number: 0.05, behind: '$', most: 1}
MeshCallsSlow: {before: '\)\)\s+> ', number: 1, behind: '\s+and', most: 86400}
MeshRetryStorm: {before: '> ', number: 0.2, behind: '$', most: 1}
MeshLoadImbalance: {before: '> ', number: 1.6, behind: '\s+unless', most: 1000}
MeshEndpointIdle: {before: 'group_left \(\) ', number: 0.1, behind: ' \*', most: 1}
MeshControlPlaneDown: {before: '> ', number: 0.5, behind: '$', most: 1}
MeshCaIssuanceFailing: {before: '\)\s+> ', number: 10, behind: '\s+and', most: 1000000}
MeshCertificateExpiring: {before: 'remaining_ratio < ', number: 0.08, behind: '\b', most: 1}
MeshRotationOverdueFleet: {before: '> ', number: 0.2, behind: '$', most: 1}
MeshSidecarCpuThrottled: {before: '> ', number: 0.25, behind: '$', most: 1}
MeshExporterSnapshotStale: {before: '> on \(cluster, job, instance\) ', number: 4, behind: ' \*', most: 1000}
{{- end -}}

{{/* What the descriptions of alerts say of their thresholds, in the words of another one. */}}
{{- define "mesh-exporter.describeThreshold" -}}
{{- $percent := mulf .threshold 100 -}}
{{- $text := .rule.annotations.description | replace "the target is 1s" (printf "the target is %vs" .threshold) -}}
{{- $text = $text | replace "An objective of 99.9 % allows 0.1 %" (printf "An objective of %.6g %% allows %.6g %%" (subf 100 $percent) $percent) -}}
{{- $_ := set .rule.annotations "description" $text -}}
{{- end -}}

{{/* Changes `rule`; prints nothing. */}}
{{- define "mesh-exporter.override" -}}
{{- $rule := .rule -}}
{{- range $key := list "expr" "for" "keep_firing_for" -}}
{{- with get $.override $key }}{{ $_ := set $rule $key . }}{{ end -}}
{{- end -}}
{{- if hasKey .override "threshold" -}}
{{- $one := get (fromYaml (include "mesh-exporter.thresholds" .)) .rule.alert -}}
{{- $number := toString $one.number | replace "." "\\." -}}
{{- $pattern := printf "(%s)%s(%s)" $one.before $number $one.behind -}}
{{- $_ := set $rule "expr" (regexReplaceAll $pattern $rule.expr (printf "${1}%v${2}" .override.threshold)) -}}
{{- include "mesh-exporter.describeThreshold" (dict "rule" $rule "threshold" .override.threshold) -}}
{{- end -}}
{{- $labels := mergeOverwrite (dict) $rule.labels .labels (default dict .override.labels) -}}
{{- with .override.severity }}{{ $_ := set $labels "severity" . }}{{ end -}}
{{- $_ := set $rule "labels" $labels -}}
{{- end -}}
