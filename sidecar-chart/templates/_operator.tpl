{{/*
What the Rig operator needs to put the daemon next to the platform: a part of the operator's values. A plugin's configuration is a
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
                {{- include "rig-credentials.platformPatch" . | nindent 16 }}
          - plugin: rigdev.sidecar
            config: |
              container:
                {{- include "rig-credentials.sidecar" . | replace "{{" "{{ \"{{\" }}" | nindent 16 }}
{{- end }}

{{/*
Merged into the platform's Deployment. Each list begins with what the operator has in it already (.current), by the key that it is
merged by: the operator puts new elements in front of those, and then reads its list again over the old one, so that one that gets
another's place also keeps what that one had, as a volume's other type or a mount's subPath.
*/}}
{{- define "rig-credentials.platformPatch" -}}
{{- $ours := printf "{{- with .current }}{{ range .spec.template.spec.containers }}{{ if eq .Name %q }}" .Values.sidecar.capsule -}}
spec:
  template:
    {{- if .Values.metrics.annotations }}
    metadata:
      annotations:
        {{- include "rig-credentials.metricsAnnotations" . | nindent 8 }}
    {{- end }}
    spec:
      volumes:
        {{ "{{- with .current }}{{ range .spec.template.spec.volumes }}" }}
        - name: {{ "{{ .Name }}" }}
        {{ "{{- end }}{{ end }}" }}
        {{- include "rig-credentials.sidecar.volumes" . | replace "{{" "{{ \"{{\" }}" | nindent 8 }}
      containers:
        - name: {{ .Values.sidecar.capsule }}
          volumeMounts:
            {{ $ours }}{{ "{{ range .VolumeMounts }}" }}
            - mountPath: {{ "{{ .MountPath }}" }}
            {{ "{{- end }}{{ end }}{{ end }}{{ end }}" }}
            {{- include "rig-credentials.client.volumeMounts" . | nindent 12 }}
          env:
            {{ $ours }}{{ "{{ range .Env }}" }}
            - name: {{ "{{ .Name }}" }}
            {{ "{{- end }}{{ end }}{{ end }}{{ end }}" }}
            {{- include "rig-credentials.client.env" . | nindent 12 }}
{{- end }}
