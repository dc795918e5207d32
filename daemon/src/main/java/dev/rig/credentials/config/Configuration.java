package dev.rig.credentials.config;

import dev.rig.credentials.problem.Problem;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that was configured, merged and valid.
 *
 * @param registries in the order in which the files name them first; may be empty
 * @param clusters by name, in the same order
 * @param daemon the daemon's own settings
 * @param fingerprint SHA-256 of the files' names and contents in hex: equal for equal input. It is
 *     for comparing, not for showing: it is a hash over secrets
 * @param passwordFiles the files that entries have their passwords in
 * @param leftOut what was left out though nothing is wrong with it, with its place
 */
public record Configuration(
    List<RegistryEntry> registries,
    Map<String, ClusterSettings> clusters,
    DaemonSettings daemon,
    String fingerprint,
    List<Path> passwordFiles,
    List<Problem> leftOut) {
  /** Nothing is configured. */
  public static final Configuration EMPTY =
      new Configuration(List.of(), Map.of(), DaemonSettings.UNSET, "", List.of(), List.of());

  public Configuration {
    registries = List.copyOf(registries);
    passwordFiles = List.copyOf(passwordFiles);
    leftOut = List.copyOf(leftOut);
    clusters = Collections.unmodifiableMap(new LinkedHashMap<>(clusters));
  }

  /** Counts only. */
  @Override
  public String toString() {
    return "Configuration[registries="
        + registries.size()
        + ", clusters="
        + clusters.size()
        + ", daemon="
        + daemon
        + "]";
  }
}
