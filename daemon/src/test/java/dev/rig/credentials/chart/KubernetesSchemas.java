package dev.rig.credentials.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Kubernetes' definitions of the objects that we create; unknown fields are rejected. */
public final class KubernetesSchemas {
  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("apps/v1 DaemonSet", "io.k8s.api.apps.v1.DaemonSet"),
          Map.entry("apps/v1 Deployment", "io.k8s.api.apps.v1.Deployment"),
          Map.entry("batch/v1 Job", "io.k8s.api.batch.v1.Job"),
          Map.entry("v1 ConfigMap", "io.k8s.api.core.v1.ConfigMap"),
          Map.entry("v1 PersistentVolumeClaim", "io.k8s.api.core.v1.PersistentVolumeClaim"),
          Map.entry("v1 Service", "io.k8s.api.core.v1.Service"),
          Map.entry("v1 Secret", "io.k8s.api.core.v1.Secret"),
          Map.entry("v1 ServiceAccount", "io.k8s.api.core.v1.ServiceAccount"),
          Map.entry("networking.k8s.io/v1 NetworkPolicy", "io.k8s.api.networking.v1.NetworkPolicy"),
          Map.entry("rbac.authorization.k8s.io/v1 ClusterRole", "io.k8s.api.rbac.v1.ClusterRole"),
          Map.entry(
              "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
              "io.k8s.api.rbac.v1.ClusterRoleBinding"),
          Map.entry("rbac.authorization.k8s.io/v1 Role", "io.k8s.api.rbac.v1.Role"),
          Map.entry("rbac.authorization.k8s.io/v1 RoleBinding", "io.k8s.api.rbac.v1.RoleBinding"),
          Map.entry("monitoring.coreos.com/v1 PodMonitor", "podMonitor"),
          Map.entry("monitoring.coreos.com/v1 PrometheusRule", "prometheusRule"),
          Map.entry("policy/v1 PodDisruptionBudget", "io.k8s.api.policy.v1.PodDisruptionBudget"));

  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);
  private final ObjectNode definitions;
  private final Map<String, Schema> schemas = new HashMap<>();

  /** Reads the definitions next to this class. */
  public KubernetesSchemas() {
    definitions = read("kubernetes.json");
    // The used part of the Prometheus operator's definition, which Kubernetes does not have.
    definitions.set("podMonitor", read("pod-monitor.json"));
    definitions.set("prometheusRule", read("prometheus-rule.json"));
  }

  private static ObjectNode read(String resource) {
    try (var in = KubernetesSchemas.class.getResourceAsStream(resource)) {
      var node = new ObjectMapper().readTree(in);
      return (ObjectNode) (node.has("definitions") ? node.get("definitions") : node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the errors that an API server would report for an object; empty if it is valid. */
  public List<String> problems(JsonNode object) {
    var kind = object.path("apiVersion").asText() + " " + object.path("kind").asText();
    var definition = KINDS.get(kind);
    if (definition == null) {
      return List.of("no definition of " + kind);
    }
    var problems = new ArrayList<String>();
    for (var error : schemas.computeIfAbsent(definition, this::schema).validate(object)) {
      problems.add(
          "%s %s: %s %s"
              .formatted(
                  kind,
                  object.at("/metadata/name").asText(),
                  error.getInstanceLocation(),
                  error.getMessage()));
    }
    return problems;
  }

  private Schema schema(String definition) {
    var root = new ObjectMapper().createObjectNode();
    root.put("$ref", "#/definitions/" + definition);
    root.set("definitions", definitions);
    return registry.getSchema(root);
  }
}
