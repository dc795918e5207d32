package dev.rig.credentials.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The profile "restricted" of the Pod Security Standards, for Linux, with a read-only root file
 * system in addition.
 */
final class PodSecurity {
  /** The kinds of volumes that "restricted" permits. */
  private static final Set<String> VOLUMES =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "persistentVolumeClaim",
          "projected",
          "secret");

  private PodSecurity() {}

  /** Returns a pod's violations of the profile, each with the name of its container or volume. */
  static List<String> violations(JsonNode podSpec) {
    var violations = new ArrayList<String>();
    for (var shared : List.of("hostNetwork", "hostPID", "hostIPC")) {
      if (podSpec.path(shared).asBoolean()) {
        violations.add(shared);
      }
    }
    for (var volume : podSpec.path("volumes")) {
      volume
          .fieldNames()
          .forEachRemaining(field -> {
            if (!field.equals("name") && !VOLUMES.contains(field)) {
              violations.add(volume.path("name").asText() + ": " + field);
            }
          });
    }
    Stream.of("initContainers", "containers")
        .flatMap(list -> podSpec.path(list).valueStream())
        .forEach(container -> violations.addAll(ofContainer(container)));
    return violations;
  }

  /** Returns a container's violations of the profile. */
  static List<String> ofContainer(JsonNode container) {
    var violations = new ArrayList<String>();
    var name = container.path("name").asText();
    var context = container.path("securityContext");
    if (!context.path("runAsNonRoot").asBoolean() || context.path("runAsUser").asInt(0) == 0) {
      violations.add(name + ": root");
    }
    if (context.path("allowPrivilegeEscalation").asBoolean(true)) {
      violations.add(name + ": privilege escalation");
    }
    if (context.path("privileged").asBoolean()) {
      violations.add(name + ": privileged");
    }
    if (!context.at("/capabilities/drop").toString().equals("[\"ALL\"]")) {
      violations.add(name + ": capabilities are kept");
    }
    for (var capability : context.at("/capabilities/add")) {
      violations.add(name + ": " + capability.asText());
    }
    if (!context.at("/seccompProfile/type").asText().equals("RuntimeDefault")) {
      violations.add(name + ": seccomp");
    }
    if (!context.path("readOnlyRootFilesystem").asBoolean()) {
      violations.add(name + ": writable root file system");
    }
    return violations;
  }
}
