{{/* The container's configuration and its volumes, for all parts. */}}

{{/* The configuration file: (dict "root" $ "sidecar" true "clusters" true). The containers that mount the socket of a sidecar may run as any user. */}}
{{- define "rig-credentials.configuration" -}}
{{- $daemon := deepCopy (.root.Values.daemon | default dict) }}
{{- if and .sidecar (kindIs "invalid" $daemon.access) }}
{{- $_ := set $daemon "access" (list (dict "users" (list "*"))) }}
{{- end }}
{{- with $daemon }}
daemon:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- range $registry, $entry := .root.Values.rig.dockerRegistries | default dict }}
{{- if regexMatch "(?m)^[^#\n]*docker-credential-rig(-[A-Za-z0-9._-]+)?['\"]?[ \t]+(userpass|get)\\b" (toString (($entry | default dict).script | default "")) }}
{{- fail (printf "rig.dockerRegistries.%s: the script asks the daemon for the credential that it must print: what the notes print is for the values of rig-platform alone" $registry) }}
{{- end }}
{{- end }}
rig:
  dockerRegistries:
    {{- toYaml (.root.Values.rig.dockerRegistries | default dict) | nindent 4 }}
  {{- if .clusters }}
  {{- with .root.Values.rig.clusters }}
  clusters:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
{{- end }}

{{/* The --config of every command that reads the configuration: words of a list. */}}
{{- define "rig-credentials.configArguments" -}}
- --config
- /etc/rig-credentials/config
{{- range $i, $_ := .Values.configuration.from }}
- --config
- /etc/rig-credentials/from/{{ $i }}
{{- end }}
{{- end }}

{{/* "Restricted" of the Pod Security Standards. */}}
{{- define "rig-credentials.securityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: {{ .Values.container.user }}
runAsGroup: {{ .Values.container.group }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Root with one capability, CHOWN. Only for containers that install files on a node or remove them. */}}
{{- define "rig-credentials.rootSecurityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
  add: [CHOWN]
readOnlyRootFilesystem: true
runAsNonRoot: false
runAsUser: 0
runAsGroup: 0
seccompProfile:
  type: RuntimeDefault
{{- with .Values.nodes.seLinuxType }}
seLinuxOptions:
  type: {{ . }}
{{- end }}
{{- end }}

{{/* The admin port's probes: (dict "root" $ "host" "" or "127.0.0.1"). */}}
{{- define "rig-credentials.probes" -}}
startupProbe:
  {{- include "rig-credentials.probe" (dict "path" "/health/started" "host" .host) | nindent 2 }}
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  {{- include "rig-credentials.probe" (dict "path" "/health/live" "host" .host) | nindent 2 }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  {{- include "rig-credentials.probe" (dict "path" "/health/ready" "host" .host) | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}

{{- define "rig-credentials.probe" -}}
httpGet:
  path: {{ .path }}
  port: admin
  {{- with .host }}
  host: {{ . }}
  {{- end }}
{{- end }}

{{- define "rig-credentials.environment" -}}
- name: HOME
  value: /tmp
{{- with .Values.container.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The mounts in addition to the folders of the sockets and of the state. */}}
{{- define "rig-credentials.volumeMounts" -}}
- name: rig-credentials-config
  mountPath: /etc/rig-credentials/config
  readOnly: true
{{- range $i, $_ := .Values.configuration.from }}
- name: rig-credentials-config-{{ $i }}
  mountPath: /etc/rig-credentials/from/{{ $i }}
  readOnly: true
{{- end }}
{{- if .Values.sealingKey.existingSecret }}
- name: rig-credentials-key
  mountPath: /etc/rig-credentials/key
  readOnly: true
{{- end }}
- name: rig-credentials-tmp
  mountPath: /tmp
{{- with .Values.container.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
Their volumes: (dict "root" $ "part" "nodes"). The files are readable for all users, because a sidecar cannot choose the pod's
fsGroup; only containers that mount them can see them.
*/}}
{{- define "rig-credentials.volumes" -}}
- name: rig-credentials-config
  secret:
    secretName: {{ include "rig-credentials.secretName" . }}
    defaultMode: 0444
{{- range $i, $from := .root.Values.configuration.from }}
- name: rig-credentials-config-{{ $i }}
  {{- if $from.secret }}
  secret:
    secretName: {{ $from.secret }}
    defaultMode: 0444
  {{- else }}
  configMap:
    name: {{ $from.configMap }}
    defaultMode: 0444
  {{- end }}
{{- end }}
{{- with .root.Values.sealingKey }}
{{- if .existingSecret }}
- name: rig-credentials-key
  secret:
    secretName: {{ .existingSecret }}
    defaultMode: 0444
    items:
      - key: {{ .key }}
        path: sealing.key
{{- end }}
{{- end }}
- name: rig-credentials-tmp
  emptyDir:
    medium: Memory
    sizeLimit: 32Mi
{{- with .root.Values.container.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* serve and its flags: (dict "root" $ "socket" … "mode" … "state" … "admin" …). */}}
{{- define "rig-credentials.serveArguments" -}}
- serve
{{ include "rig-credentials.configArguments" .root }}
- --socket
- {{ .socket }}
- --socket-mode
- {{ .mode | quote }}
- --state-dir
- {{ .state }}
- --admin
- {{ printf "%s:%v" .admin .root.Values.admin.port | quote }}
{{- if .root.Values.sealingKey.existingSecret }}
- --sealing-key-file
- /etc/rig-credentials/key/sealing.key
{{- end }}
{{- end }}
