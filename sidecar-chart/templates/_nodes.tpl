{{/* The folders of the host. */}}
{{- define "rig-credentials.hostVolumes" -}}
- name: rig-credentials-install
  hostPath:
    path: {{ .Values.nodes.installDir }}
    type: DirectoryOrCreate
- name: rig-credentials-run
  hostPath:
    path: {{ .Values.nodes.runDir }}
    type: DirectoryOrCreate
- name: rig-credentials-state
  hostPath:
    path: {{ .Values.nodes.stateDir }}
    type: DirectoryOrCreate
{{- end }}

{{/* The options of `kubelet-config` other than paths. */}}
{{- define "rig-credentials.kubeletArguments" -}}
{{- with .Values.nodes.kubelet -}}
- --service-account-cache-type={{ .serviceAccountCacheType }}
{{- with .serviceAccountAudience }}
- {{ printf "--service-account-audience=%s" . | quote }}
{{- end }}
{{- range .requiredAnnotations }}
- {{ printf "--required-annotation=%s" . | quote }}
{{- end }}
{{- range .optionalAnnotations }}
- {{ printf "--optional-annotation=%s" . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* A hash of all values that determine the kubelet's configuration: the entries' names, not their secrets. */}}
{{- define "rig-credentials.kubeletChecksum" -}}
{{- $entries := dict }}
{{- range $prefix, $entry := .Values.rig.dockerRegistries }}
{{- $_ := set $entries $prefix (($entry | default dict).serviceAccount | default "") }}
{{- end }}
{{- list $entries .Values.configuration (include "rig-credentials.kubeletArguments" .) | toJson | sha256sum -}}
{{- end }}
