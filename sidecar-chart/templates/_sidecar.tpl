{{/*
The parts of a sidecar, for charts that have this one as a dependency: give them (index .Subcharts "rig-credentials").
Only the sidecar can write to the folder of the sockets; it is read-only for all others, who can still connect.
All users can write to an emptyDir, which the daemon does not accept for its sockets and its state: it creates a folder in
each.
*/}}

{{/* The container: an element of initContainers. */}}
{{- define "rig-credentials.sidecar" -}}
name: rig-credentials
image: {{ include "rig-credentials.image" . | quote }}
imagePullPolicy: {{ .Values.container.image.pullPolicy }}
restartPolicy: Always
# The platform's scripts call the helper, which is not in its image.
command:
  - /bin/sh
  - -euc
  - |
    mkdir -p /run/rig-credentials/bin
    install -m 0755 /opt/rig-credentials/bin/docker-credential-rig /run/rig-credentials/bin/.new
    mv -f /run/rig-credentials/bin/.new /run/rig-credentials/bin/docker-credential-rig
    exec rig-credentials "$@"
  - rig-credentials
args:
  {{- include "rig-credentials.serveArguments" (dict "root" . "socket" "/run/rig-credentials/pod/credentials.sock"
      "mode" .Values.sidecar.socketMode "state" "/var/lib/rig-credentials/state" "admin" .Values.admin.host) | nindent 2 }}
env:
  {{- include "rig-credentials.environment" . | nindent 2 }}
ports:
  - name: admin
    containerPort: {{ .Values.admin.port }}
    protocol: TCP
{{ include "rig-credentials.probes" (dict "root" . "host" "") }}
resources:
  {{- toYaml .Values.container.resources | nindent 2 }}
securityContext:
  {{- include "rig-credentials.securityContext" . | nindent 2 }}
volumeMounts:
  - name: rig-credentials-run
    mountPath: /run/rig-credentials
  - name: rig-credentials-state
    mountPath: /var/lib/rig-credentials
  {{- include "rig-credentials.volumeMounts" . | nindent 2 }}
{{- end }}

{{/* The pod's volumes: elements of volumes. */}}
{{- define "rig-credentials.sidecar.volumes" -}}
- name: rig-credentials-run
  emptyDir:
    medium: Memory
    sizeLimit: 16Mi
- name: rig-credentials-state
  emptyDir:
    medium: Memory
    sizeLimit: 16Mi
{{ include "rig-credentials.volumes" (dict "root" . "part" "sidecar") }}
{{- end }}

{{/* For a container that uses the daemon: elements of its volumeMounts. */}}
{{- define "rig-credentials.client.volumeMounts" -}}
- name: rig-credentials-run
  mountPath: /run/rig-credentials
  readOnly: true
{{- end }}

{{/* For a container that uses the daemon: elements of its env. */}}
{{- define "rig-credentials.client.env" -}}
- name: RIG_CREDENTIALS_SOCKET
  value: /run/rig-credentials/pod/credentials.sock
- name: RIG_CREDENTIALS_PLATFORM_SOCKET
  value: /run/rig-credentials/pod/platform.sock
{{- end }}

{{/* Annotations of pods, if metrics are discovered by annotations. */}}
{{- define "rig-credentials.metricsAnnotations" -}}
prometheus.io/scrape: "true"
prometheus.io/port: {{ .Values.admin.port | quote }}
prometheus.io/path: /metrics
{{- end }}
