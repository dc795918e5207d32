{{/*
What the Rig operator needs to put the daemon beside the platform: a part of the operator's values. A plugin's configuration is a
Go template to the operator, so what looks like one in it is escaped.
*/}}
{{- define "rig-credentials.operatorValues" -}}
config:
  pipeline:
    steps:
      - match:
          namespaces: [{{ .Release.Namespace | quote }}]
          names: [{{ .Values.sidecar.capsule | quote }}]
          enableForPlatform: true
        plugins:
          - plugin: rigdev.object_template
            config: |
              group: apps
              kind: Deployment
              object: |
                {{- include "rig-credentials.platformPatch" . | replace "{{" "{{ \"{{\" }}" | nindent 16 }}
          - plugin: rigdev.sidecar
            config: |
              container:
                {{- include "rig-credentials.sidecar" . | replace "{{" "{{ \"{{\" }}" | nindent 16 }}
          {{- with .Values.sidecar.serviceAccountAnnotations }}
          - plugin: rigdev.object_template
            config: |
              kind: ServiceAccount
              name: {{ $.Values.sidecar.serviceAccount }}
              object: |
                metadata:
                  annotations:
                    {{- toYaml . | replace "{{" "{{ \"{{\" }}" | nindent 20 }}
          {{- end }}
{{- end }}

{{/* Merged into the platform's Deployment. */}}
{{- define "rig-credentials.platformPatch" -}}
spec:
  template:
    {{- if .Values.metrics.annotations }}
    metadata:
      annotations:
        {{- include "rig-credentials.metricsAnnotations" . | nindent 8 }}
    {{- end }}
    spec:
      volumes:
        {{- include "rig-credentials.sidecar.volumes" . | nindent 8 }}
      containers:
        - name: {{ .Values.sidecar.capsule }}
          volumeMounts:
            {{- include "rig-credentials.client.volumeMounts" . | nindent 12 }}
          env:
            {{- include "rig-credentials.client.env" . | nindent 12 }}
{{- end }}
