package dev.rig.credentials.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The operation of the Rig operator for a step of its pipeline: it reads each plugin's
 * configuration as a Go template and then as YAML; {@code rigdev.object_template} merges a document
 * into an object, {@code rigdev.sidecar} adds a container (rigdev/rig, plugins/builtin).
 */
final class RigOperator {
  /** Lists whose elements a strategic merge joins, with the field that identifies them. */
  private static final Map<String, String> KEYS =
      Map.of("containers", "name", "volumes", "name", "env", "name", "volumeMounts", "mountPath");

  private final Path folder;
  private ObjectNode deployment;

  /**
   * Creates an operator that has created a Capsule's objects in its own first steps.
   *
   * @param folder for its files
   */
  RigOperator(Path folder) {
    this.folder = folder;
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
                          volumeMounts:
                            - name: configmap-rig-platform-config
                              mountPath: /etc/rig/config.yaml
                              subPath: config.yaml
                            - name: secret-rig-platform-config
                              mountPath: /etc/rig/secret-config.yaml
                              subPath: secret-config.yaml
                      volumes:
                        - name: configmap-rig-platform-config
                          configMap: {name: rig-platform-config}
                        - name: secret-rig-platform-config
                          secret: {secretName: rig-platform-config}
                """);
  }

  /**
   * Applies the profile "restricted" to the platform's container; its pod has no setting that a
   * sidecar could inherit.
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

  /** Returns the platform's container. */
  ObjectNode platform() {
    return (ObjectNode) deployment.at("/spec/template/spec/containers/0");
  }

  /** Returns the Capsule's Deployment. */
  JsonNode deployment() {
    return deployment;
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
    var text = plugin.path("config").asText();
    var config = executed(text, "{}");
    switch (plugin.path("plugin").asText()) {
      case "rigdev.object_template" -> {
        if (!config.path("kind").asText().equals("Deployment")) {
          throw new AssertionError(
              "the platform's other objects are not the operator's: " + config);
        }
        var patch = executed(text, "{current: %s}".formatted(asGoSees(deployment, false)));
        deployment = changed(deployment, patch);
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

  /** Returns a configuration after the operator's template engine, which is also Helm's. */
  private JsonNode executed(String config, String context) {
    try {
      var chart = Files.createTempDirectory(folder, "operator");
      Files.writeString(
          chart.resolve("Chart.yaml"), "{apiVersion: v2, name: operator, version: 0.0.0}");
      Files.writeString(chart.resolve("values.yaml"), "context: {capsule: {}}\n");
      Files.writeString(
          Files.createDirectory(chart.resolve("templates")).resolve("config.yaml"),
          "{{ with .Values.context }}\n" + config + "\n{{ end }}");
      var values = Files.writeString(chart.resolve("context.yaml"), "context: " + context);
      return Chart.json(
          new Helm(chart).template().withName("operator").withValuesFile(values).call());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Converts elements of lists to Go structs, whose fields start with a capital. */
  private static JsonNode asGoSees(JsonNode node, boolean inList) {
    if (node instanceof ArrayNode list) {
      var seen = list.arrayNode();
      list.forEach(element -> seen.add(asGoSees(element, true)));
      return seen;
    }
    if (node instanceof ObjectNode object) {
      var seen = object.objectNode();
      for (var field : object.properties()) {
        var name = field.getKey();
        seen.set(
            inList ? name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) : name,
            asGoSees(field.getValue(), inList));
      }
      return seen;
    }
    return node;
  }

  private static ObjectNode changed(ObjectNode object, JsonNode config) {
    var merged = object.deepCopy();
    merge(merged, (ObjectNode) Chart.json(config.path("object").asText()));
    keep(object, merged);
    return merged;
  }

  /**
   * The operator reads the merged object into the old one, element by element of a list: a missing
   * field keeps the value of the old element in its place.
   */
  private static void keep(JsonNode old, JsonNode now) {
    if (old instanceof ObjectNode from && now instanceof ObjectNode to) {
      for (var field : from.properties()) {
        if (to.has(field.getKey())) {
          keep(field.getValue(), to.get(field.getKey()));
        } else {
          to.set(field.getKey(), field.getValue());
        }
      }
    } else if (old instanceof ArrayNode from && now instanceof ArrayNode to) {
      for (int i = 0; i < Math.min(from.size(), to.size()); i++) {
        keep(from.get(i), to.get(i));
      }
    }
  }

  private static void merge(ObjectNode base, ObjectNode patch) {
    for (var field : patch.properties()) {
      var old = base.get(field.getKey());
      var now = field.getValue();
      var key = KEYS.get(field.getKey());
      if (old instanceof ObjectNode object && now instanceof ObjectNode other) {
        merge(object, other);
      } else if (old instanceof ArrayNode list && now instanceof ArrayNode other && key != null) {
        base.set(field.getKey(), merged(list, other, key));
      } else {
        base.set(field.getKey(), now);
      }
    }
  }

  /** Returns the list with the elements of the patch first, in its order. */
  private static ArrayNode merged(ArrayNode list, ArrayNode patch, String key) {
    var old = new LinkedHashMap<String, JsonNode>();
    list.forEach(element -> old.put(element.path(key).asText(), element.deepCopy()));
    var all = list.arrayNode();
    for (var element : patch) {
      var there = old.remove(element.path(key).asText());
      if (there instanceof ObjectNode object) {
        merge(object, (ObjectNode) element);
        all.add(object);
      } else {
        all.add(element);
      }
    }
    old.values().forEach(all::add);
    return all;
  }
}
