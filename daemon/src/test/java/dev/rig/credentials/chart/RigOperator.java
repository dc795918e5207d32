package dev.rig.credentials.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * What the Rig operator does with a step of its pipeline: it takes each plugin's configuration as a
 * Go template and then as YAML; {@code rigdev.object_template} merges a document into an object,
 * {@code rigdev.sidecar} adds a container (rigdev/rig, plugins/builtin).
 */
final class RigOperator {
  /** Lists whose elements a strategic merge joins by their name. */
  private static final Set<String> BY_NAME = Set.of("containers", "volumes", "env");

  private final ObjectNode deployment;
  private final ObjectNode serviceAccount;

  /** An operator that has made a Capsule's objects as its own first steps make them. */
  RigOperator() {
    deployment =
        (ObjectNode)
            Chart.json(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: rig-platform, namespace: rig-system}
                spec:
                  selector: {matchLabels: {rig.dev/capsule: rig-platform}}
                  template:
                    metadata:
                      labels: {rig.dev/capsule: rig-platform}
                    spec:
                      serviceAccountName: rig-platform
                      containers:
                        - name: rig-platform
                          image: ghcr.io/rigdev/rig-platform:1.12.7
                          env: [{name: RIG_CAPSULE_NAME, value: rig-platform}]
                          volumeMounts: [{name: config, mountPath: /etc/rig}]
                      volumes:
                        - name: config
                          configMap: {name: rig-platform-config}
                """);
    serviceAccount =
        (ObjectNode)
            Chart.json(
                """
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: rig-platform, namespace: rig-system}
                """);
  }

  /**
   * From now on the platform's container is one of the profile "restricted". Its pod says nothing
   * of that which a sidecar could take over.
   */
  void restrictPlatform() {
    platform()
        .set(
            "securityContext",
            Chart.json(
                """
                allowPrivilegeEscalation: false
                capabilities: {drop: [ALL]}
                runAsNonRoot: true
                seccompProfile: {type: RuntimeDefault}
                """));
  }

  /** The platform's container. */
  ObjectNode platform() {
    return (ObjectNode) deployment.at("/spec/template/spec/containers/0");
  }

  /** The Capsule's Deployment. */
  JsonNode deployment() {
    return deployment;
  }

  /** The Capsule's service account. */
  JsonNode serviceAccount() {
    return serviceAccount;
  }

  /** Runs the steps of a part of the operator's values. */
  void run(JsonNode values) {
    for (var step : values.at("/config/pipeline/steps")) {
      var match = step.path("match");
      if (match.path("enableForPlatform").asBoolean()
          && match.path("names").toString().equals("[\"rig-platform\"]")
          && match.path("namespaces").toString().equals("[\"rig-system\"]")) {
        step.path("plugins").forEach(this::plugin);
      }
    }
  }

  private void plugin(JsonNode plugin) {
    var config = Chart.json(executed(plugin.path("config").asText()));
    switch (plugin.path("plugin").asText()) {
      case "rigdev.object_template" -> {
        var object =
            config.path("kind").asText().equals("Deployment") ? deployment : serviceAccount;
        merge(object, (ObjectNode) Chart.json(config.path("object").asText()));
      }
      case "rigdev.sidecar" -> {
        var container = (ObjectNode) config.get("container");
        container.put("restartPolicy", "Always");
        ((ObjectNode) deployment.at("/spec/template/spec"))
            .withArray("initContainers")
            .add(container);
      }
      default -> throw new AssertionError("no plugin " + plugin);
    }
  }

  /** The one thing of Go's templates that is allowed in here: a quoted opening brace. */
  private static String executed(String template) {
    var parts = template.split("\\{\\{ \"\\{\\{\" }}", -1);
    for (var part : parts) {
      if (part.contains("{{")) {
        throw new AssertionError("the operator would execute " + part);
      }
    }
    return String.join("{{", parts);
  }

  private static void merge(ObjectNode base, ObjectNode patch) {
    for (var field : patch.properties()) {
      var old = base.get(field.getKey());
      var now = field.getValue();
      if (old instanceof ObjectNode object && now instanceof ObjectNode other) {
        merge(object, other);
      } else if (old instanceof ArrayNode list && BY_NAME.contains(field.getKey())) {
        now.forEach(element -> mergeByName(list, (ObjectNode) element));
      } else if (old instanceof ArrayNode list) {
        list.addAll((ArrayNode) now);
      } else {
        base.set(field.getKey(), now);
      }
    }
  }

  private static void mergeByName(ArrayNode list, ObjectNode element) {
    for (var other : list) {
      if (other.get("name").equals(element.get("name"))) {
        merge((ObjectNode) other, element);
        return;
      }
    }
    list.add(element);
  }
}
