{{/*
The pod of an agent, on each node and that for Secrets. Takes a dict: root, component, account, config
(the ConfigMap's name), text (what is in it), resources, tolerations, node (whether it watches a node).
*/}}

{{/* Every mesh's injection, Istio's ambient mode, and the agents themselves pass these pods over. */}}
{{- define "mesh-exporter.optOutLabels" -}}
sidecar.istio.io/inject: "false"
istio.io/dataplane-mode: none
{{- end -}}
{{- define "mesh-exporter.optOutAnnotations" -}}
sidecar.istio.io/inject: "false"
linkerd.io/inject: disabled
consul.hashicorp.com/connect-inject: "false"
appmesh.k8s.aws/sidecarInjectorWebhook: disabled
mesh-exporter.io/scrape: "false"
{{- end -}}

{{- define "mesh-exporter.posture" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Whether an agent of a node must be root: capabilities reach no other user's program. */}}
{{- define "mesh-exporter.isRoot" -}}
{{- if and .node (or .root.Values.networkNamespaces.enabled (and .root.Values.hostCertificates.enabled .root.Values.hostCertificates.runAsRoot)) -}}
true
{{- end -}}
{{- end -}}

{{/* `context` with the keys of `over`; null takes one away. A merge would pass over false and 0. */}}
{{- define "mesh-exporter.over" -}}
{{- $context := .context -}}
{{- range $key, $value := .over -}}
{{- if kindIs "invalid" $value }}{{ $_ := unset $context $key }}{{ else }}{{ $_ := set $context $key $value }}{{ end -}}
{{- end -}}
{{- toYaml $context -}}
{{- end -}}

{{- define "mesh-exporter.podSecurityContext" -}}
{{- $user := ternary 0 65532 (eq "true" (include "mesh-exporter.isRoot" .)) -}}
{{- $context := dict "runAsNonRoot" (ne 0 $user) "runAsUser" $user "runAsGroup" $user "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- include "mesh-exporter.over" (dict "context" $context "over" .root.Values.podSecurityContext) -}}
{{- end -}}

{{- define "mesh-exporter.securityContext" -}}
{{- $context := fromYaml (include "mesh-exporter.posture" .) -}}
{{- if and .node .root.Values.networkNamespaces.enabled -}}
{{- $_ := set $context.capabilities "add" (list "SYS_ADMIN" "SYS_PTRACE") -}}
{{- end -}}
{{- include "mesh-exporter.over" (dict "context" $context "over" .root.Values.securityContext) -}}
{{- end -}}

{{/* What the kubelet can ask: it has no password and no certificate. Takes a dict: values, path. */}}
{{- define "mesh-exporter.probe" -}}
{{- $web := .values.webConfig -}}
{{- if and $web.existingSecret $web.authentication -}}
tcpSocket:
  port: metrics
{{- else -}}
httpGet:
  path: {{ .path }}
  port: metrics
  {{- if eq "https" (include "mesh-exporter.scheme" .values) }}
  scheme: HTTPS
  {{- end }}
{{- end -}}
{{- end -}}

{{- define "mesh-exporter.podMetadata" -}}
annotations:
  {{- $annotations := fromYaml (include "mesh-exporter.optOutAnnotations" .) }}
  {{- $_ := set $annotations "checksum/config" (sha256sum .text) }}
  {{- toYaml (mergeOverwrite $annotations (deepCopy (default dict .root.Values.podAnnotations))) | nindent 2 }}
labels:
  {{- include "mesh-exporter.selectorLabels" .root | nindent 2 }}
  app.kubernetes.io/component: {{ .component }}
  {{- $labels := merge (deepCopy (default dict .root.Values.podLabels)) (default dict .root.Values.commonLabels) (fromYaml (include "mesh-exporter.optOutLabels" .)) }}
  {{- toYaml $labels | nindent 2 }}
{{- end -}}

{{- define "mesh-exporter.podSpec" -}}
{{- $values := .root.Values -}}
{{- $groups := "" -}}
{{- if .node }}{{ $groups = include "mesh-exporter.cgroupRoot" .root }}{{ end -}}
serviceAccountName: {{ .account }}
automountServiceAccountToken: true
enableServiceLinks: false
{{- with $values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if and .node $values.networkNamespaces.enabled }}
hostPID: true
{{- end }}
securityContext:
  {{- include "mesh-exporter.podSecurityContext" . | nindent 2 }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
containers:
  - name: mesh-exporter
    image: {{ include "mesh-exporter.image" .root | quote }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    args:
      - --config.file=/etc/mesh_exporter/mesh_exporter.yaml
      - --web.listen-address=:{{ $values.port }}
      - --log.level={{ $values.log.level }}
      - --log.format={{ $values.log.format }}
      {{- if $values.webConfig.existingSecret }}
      - --web.config.file=/etc/mesh_exporter_web/web-config.yml
      {{- end }}
      {{- range $values.extraArgs }}
      - {{ . | quote }}
      {{- end }}
    {{- if or .node $values.extraEnv }}
    env:
      {{- if .node }}
      - name: NODE_NAME
        valueFrom:
          fieldRef:
            fieldPath: spec.nodeName
      {{- end }}
      {{- with $values.extraEnv }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- end }}
    ports:
      - name: metrics
        containerPort: {{ $values.port }}
        protocol: TCP
    livenessProbe:
      {{- include "mesh-exporter.probe" (dict "values" $values "path" "/-/healthy") | nindent 6 }}
      timeoutSeconds: 5
    readinessProbe:
      {{- include "mesh-exporter.probe" (dict "values" $values "path" "/-/ready") | nindent 6 }}
      timeoutSeconds: 5
    resources:
      {{- toYaml .resources | nindent 6 }}
    securityContext:
      {{- include "mesh-exporter.securityContext" . | nindent 6 }}
    volumeMounts:
      - name: config
        mountPath: /etc/mesh_exporter
        readOnly: true
      {{- if $values.webConfig.existingSecret }}
      - name: web-config
        mountPath: /etc/mesh_exporter_web
        readOnly: true
      {{- end }}
      {{- if $groups }}
      - name: control-groups
        mountPath: {{ $groups }}
        readOnly: true
      {{- end }}
      {{- if and .node $values.hostCertificates.enabled }}
      {{- range $number, $directory := $values.hostCertificates.directories }}
      - name: host-certificates-{{ $number }}
        mountPath: {{ $directory.path }}
        readOnly: true
      {{- end }}
      {{- end }}
      {{- with $values.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
volumes:
  - name: config
    configMap:
      name: {{ .config }}
  {{- with $values.webConfig.existingSecret }}
  - name: web-config
    secret:
      secretName: {{ . }}
  {{- end }}
  {{- if $groups }}
  - name: control-groups
    hostPath:
      path: {{ $values.controlGroups.path }}
      type: Directory
  {{- end }}
  {{- if and .node $values.hostCertificates.enabled }}
  {{- range $number, $directory := $values.hostCertificates.directories }}
  - name: host-certificates-{{ $number }}
    hostPath:
      path: {{ $directory.path }}
      type: DirectoryOrCreate
  {{- end }}
  {{- end }}
  {{- with $values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
