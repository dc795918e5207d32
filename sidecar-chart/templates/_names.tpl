{{/* The release's name, with the chart's name if it does not contain it. */}}
{{- define "rig-credentials.fullname" -}}
{{- if contains "rig-credentials" .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-rig-credentials" (.Release.Name | trunc 24 | trimSuffix "-") -}}
{{- end -}}
{{- end }}

{{/* The labels that select a part's pods: (dict "root" $ "part" "nodes"). */}}
{{- define "rig-credentials.selectorLabels" -}}
app.kubernetes.io/name: rig-credentials
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "rig-credentials.labels" -}}
{{ include "rig-credentials.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | quote }}
{{- end }}

{{/* The name of the Secret with a part's configuration. */}}
{{- define "rig-credentials.secretName" -}}
{{- .root.Values.configuration.existingSecret | default (printf "%s-%s" (include "rig-credentials.fullname" .root) .part) -}}
{{- end }}

{{- define "rig-credentials.nodesServiceAccount" -}}
{{- if .Values.nodes.serviceAccount.create -}}
{{- .Values.nodes.serviceAccount.name | default (printf "%s-nodes" (include "rig-credentials.fullname" .)) -}}
{{- else -}}
{{- .Values.nodes.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{- define "rig-credentials.image" -}}
{{- with .Values.container.image -}}
{{- $repository := required "container.image.repository: say where your image is" .repository -}}
{{- if .digest -}}
{{- printf "%s@%s" $repository .digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.tag | default $.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}
{{- end }}
