{{/*
What is wrong with values beside each other, which the schema cannot see: pods that would not start are not
rendered. Takes the root.
*/}}

{{- define "mesh-exporter.refuse" -}}
{{- if regexMatch "^[0-9]" (include "mesh-exporter.fullname" .) -}}
{{- fail (printf "the release's name: %s begins with a figure, which a Service's name must not; expected a letter first, or fullnameOverride" .Release.Name) -}}
{{- end -}}
{{- if contains "." (include "mesh-exporter.fullname" .) -}}
{{- fail (printf "the release's name: %s has a dot, which a Service's name must not; expected letters, figures and -, or fullnameOverride" .Release.Name) -}}
{{- end -}}
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
{{- include "mesh-exporter.refusePoll" . -}}
{{- include "mesh-exporter.refuseUser" (dict "root" . "node" true) -}}
{{- include "mesh-exporter.refuseUser" (dict "root" . "node" false) -}}
{{- if and .Values.networkPolicy.enabled .Values.kubelet.enabled (not (include "mesh-exporter.kubeletPort" .)) -}}
{{- fail (printf "kubelet.config.address: %s; expected a port in figures at its end, which networkPolicy allows" .Values.kubelet.config.address) -}}
{{- end -}}
{{- end -}}

{{/* Times that the program holds against its interval, where neither is for the pod's environment to say. */}}
{{- define "mesh-exporter.refusePoll" -}}
{{- $poll := default dict (default dict .Values.config).poll -}}
{{- $interval := default "15s" $poll.interval -}}
{{- range $key, $wrong := dict "timeout" "above" "window" "below" "stale_after" "below" -}}
{{- $time := default $interval (get $poll $key) -}}
{{- if not (contains "$" (print $time $interval)) -}}
{{- $more := sub (int64 (include "mesh-exporter.milliseconds" $time)) (int64 (include "mesh-exporter.milliseconds" $interval)) -}}
{{- if or (and (eq "above" $wrong) (gt $more 0)) (and (eq "below" $wrong) (lt $more 0)) -}}
{{- fail (printf "config.poll.%s: %s; expected it not to be %s the interval, which is %s" $key $time $wrong $interval) -}}
{{- end -}}
{{- end -}}
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

{{/* Of a duration as Prometheus writes them. */}}
{{- define "mesh-exporter.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 "w" 604800000 "y" 31536000000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+[a-z]+" . -1 -}}
{{- $number := regexFind "^[0-9]+" . -}}
{{- $sum = add $sum (mul (atoi $number) (get $units (trimPrefix $number .))) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}
