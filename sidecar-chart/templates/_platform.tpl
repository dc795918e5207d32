{{/*
The platform's values that make it use the sidecar: the output of `rig-credentials platform-values` for the values of this chart. The
platform runs the scripts in its own container; they print USERNAME:PASSWORD.
*/}}
{{- define "rig-credentials.platformValues" -}}
rig:
  dockerRegistries:
  {{- $helper := "RIG_CREDENTIALS_SOCKET=/run/rig-credentials/pod/credentials.sock /run/rig-credentials/bin/docker-credential-rig" }}
  {{- range $registry, $entry := .Values.rig.dockerRegistries | default dict }}
  {{- $reason := include "rig-credentials.platformRefusal" (dict "registry" $registry "entry" ($entry | default dict)) }}
  {{- if $reason }}
    # Left out: {{ $registry }}: {{ $reason }}
  {{- else }}
    {{ $registry | quote }}:
      script: |
        {{ $helper }} userpass {{ $registry | squote }}
      # A lease is refreshed after 80 % of its life.
      expire: {{ ternary "1s" "60s" (regexMatch "^[0-9.]+m?s$" (toString ($entry | default dict).expire)) }}
  {{- end }}
  {{- else }} {}
  {{- end }}
  {{- $kept := dict }}
  {{- range $name, $cluster := .Values.rig.clusters | default dict }}
  {{- if and $cluster (eq (toString $cluster.createPullSecrets) "true") (ne (toString $cluster.type) "docker") }}
  {{- $_ := set $kept $name (dict "createPullSecrets" false) }}
  {{- end }}
  {{- end }}
  {{- with $kept }}
  # The daemon keeps the pull secrets of these.
  clusters:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* Why the platform cannot use an entry by a script; empty if it can. */}}
{{- define "rig-credentials.platformRefusal" -}}
{{- $password := toString (.entry.password | default "") -}}
{{- if contains "*" .registry -}}
the platform does not support globs; add an entry for each host that it pulls from
{{- else if eq (toString .entry.serviceAccount) "required" -}}
it needs the service account token of a pod, which only a kubelet sends
{{- else if eq (toString .entry.username) "<token>" -}}
an identity token (<token>) is not a user name with a password
{{- else if or (contains "\n" $password) (contains "\r" $password) -}}
a script's line cannot carry a password with a line break
{{- end -}}
{{- end }}
