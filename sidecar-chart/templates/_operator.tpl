{{/*
The part of the Rig operator's values that adds the daemon to the platform's pod. The operator executes a plugin's configuration as a
Go template, so braces in it are escaped.
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
Merged into the platform's Deployment. Each list begins with the operator's current elements (.current), each with its merge key.
Otherwise the operator would put new elements first, and then read the list over the old one by position, so that a new element
would keep fields of the old element in its place, such as another type of a volume or the subPath of a mount.
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
