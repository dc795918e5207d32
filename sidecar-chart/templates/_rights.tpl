{{/*
The rights to keep pull secrets: (dict "root" $ "name" … "part" … "subject" {kind, name, namespace}). A cluster with a url is
accessed with its own token, whose rights are set in that cluster.
*/}}
{{- define "rig-credentials.pullSecretRights" -}}
{{- $secrets := list
    (dict "apiGroups" (list "") "resources" (list "secrets") "verbs" (list "list" "watch" "create" "patch" "delete"))
    (dict "apiGroups" (list "") "resources" (list "events") "verbs" (list "create")) }}
{{- $capsules := list
    (dict "apiGroups" (list "rig.dev") "resources" (list "capsules") "verbs" (list "get" "list" "watch" "patch")) }}
{{- $accounts := list
    (dict "apiGroups" (list "") "resources" (list "serviceaccounts") "verbs" (list "get" "list" "watch" "patch")) }}
{{- $namespaces := list
    (dict "apiGroups" (list "") "resources" (list "namespaces") "verbs" (list "list" "watch")) }}
{{- $everywhere := list }}
{{- $byNamespace := dict }}
{{- $wanted := false }}
{{- range $name, $cluster := .root.Values.rig.clusters }}
{{- if and $cluster (not $cluster.url) (ne ($cluster.type | default "k8s") "docker") }}
{{- if $cluster.createPullSecrets }}
{{- $wanted = true }}
{{- $rules := concat $secrets $capsules }}
{{- if not $cluster.pullSecretNamespaces }}
{{- $everywhere = concat $everywhere $rules | uniq }}
{{- end }}
{{- range $cluster.pullSecretNamespaces }}
{{- $_ := set $byNamespace . (concat (get $byNamespace . | default list) $rules | uniq) }}
{{- end }}
{{- end }}
{{- $groups := $cluster.pullSecrets | default list }}
{{- if kindIs "map" $groups }}
{{- $groups = list $groups }}
{{- end }}
{{- range $groups }}
{{- $wanted = true }}
{{- $verbs := list "list" "watch" }}
{{- if .restartStuckPods }}
{{- $verbs = append $verbs "delete" }}
{{- end }}
{{- $rules := concat $secrets $accounts
    (list (dict "apiGroups" (list "") "resources" (list "pods") "verbs" $verbs)) }}
{{- if .namespaces.matchLabels }}
{{- $everywhere = concat $everywhere $rules $namespaces | uniq }}
{{- end }}
{{- range .namespaces.names }}
{{- $_ := set $byNamespace . (concat (get $byNamespace . | default list) $rules | uniq) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if $wanted }}
{{- $labels := include "rig-credentials.labels" (dict "root" .root "part" .part) }}
{{- $subject := .subject }}
{{- $name := .name }}
{{- $release := .root.Release.Namespace }}
{{- with $everywhere }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ printf "%s-%s" $release $name }}
  labels:
    {{- $labels | nindent 4 }}
rules:
  {{- toYaml . | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ printf "%s-%s" $release $name }}
  labels:
    {{- $labels | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ printf "%s-%s" $release $name }}
subjects:
  - {{ toYaml $subject | nindent 4 | trim }}
{{- end }}
{{- range $namespace, $rules := $byNamespace }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels:
    {{- $labels | nindent 4 }}
rules:
  {{- toYaml $rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels:
    {{- $labels | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ $name }}
subjects:
  - {{ toYaml $subject | nindent 4 | trim }}
{{- end }}
---
# The Lease that elects which of several daemons keeps the secrets.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}-lease
  namespace: {{ $release }}
  labels:
    {{- $labels | nindent 4 }}
rules:
  - apiGroups: [coordination.k8s.io]
    resources: [leases]
    verbs: [create]
  - apiGroups: [coordination.k8s.io]
    resources: [leases]
    resourceNames: [rig-credentials]
    verbs: [get, update]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}-lease
  namespace: {{ $release }}
  labels:
    {{- $labels | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ $name }}-lease
subjects:
  - {{ toYaml $subject | nindent 4 | trim }}
{{- end }}
{{- end }}
