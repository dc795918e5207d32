# Cuts from Kubernetes' api/openapi-spec/swagger.json (Apache-2.0) the part that tests of the chart and of "dev manifests" need: the created kinds
# and their parts, without descriptions. Other fields of an object are not permitted.
#   jq --sort-keys --compact-output --arg version 1.36.3 -f kubernetes.jq swagger.json > kubernetes.json
def roots: [
  "io.k8s.api.apps.v1.DaemonSet", "io.k8s.api.apps.v1.Deployment", "io.k8s.api.batch.v1.Job", "io.k8s.api.core.v1.ConfigMap",
  "io.k8s.api.core.v1.PersistentVolumeClaim", "io.k8s.api.core.v1.Secret", "io.k8s.api.core.v1.Service",
  "io.k8s.api.core.v1.ServiceAccount", "io.k8s.api.networking.v1.NetworkPolicy", "io.k8s.api.policy.v1.PodDisruptionBudget",
  "io.k8s.api.rbac.v1.ClusterRole", "io.k8s.api.rbac.v1.ClusterRoleBinding", "io.k8s.api.rbac.v1.Role",
  "io.k8s.api.rbac.v1.RoleBinding"
];
def refs: [.. | objects | .["$ref"]? // empty | ltrimstr("#/definitions/")];
def closure($all; $seen):
  ([$seen[] | $all[.] | refs[]] + $seen | unique) as $more
  | if ($more | length) == ($seen | length) then $seen else closure($all; $more) end;
# A client sends neither a status nor managedFields, and a chart has none of these volumes.
def unsent:
  with_entries(select(.key | IN("status", "managedFields", "ephemeral", "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs",
    "cinder", "fc", "flexVolume", "flocker", "gcePersistentDisk", "gitRepo", "glusterfs", "iscsi", "nfs", "photonPersistentDisk",
    "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume") | not));
def bare:
  walk(if type == "object" then with_entries(select((.key | startswith("x-kubernetes")) or
    (.key == "description" and (.value | type) == "string") | not)) else . end);
.
| (.definitions | bare | walk(if type == "object" and .format? == "int-or-string" then {type: ["integer", "string"]} else . end) | map_values(if .properties then .properties |= unsent | .additionalProperties //= false else . end)) as $all
| {"$comment": "Kubernetes \($version), cut by kubernetes.jq",
   definitions: (closure($all; roots) | map({key: ., value: $all[.]}) | from_entries)}
