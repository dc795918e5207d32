package dev.rig.credentials.config;

import dev.rig.credentials.problem.Problem;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The merged, valid configuration.
 *
 * @param registries in the order of their first occurrence in the files; may be empty
 * @param clusters by name, in the same order
 * @param daemon the daemon's own settings
 * @param fingerprint SHA-256 of the files' names and contents in hex: equal for equal input; must
 *     not be shown, because it is a hash over secrets
 * @param files the names of the files that were read, in the order of merging
 * @param passwordFiles the password files of entries
 * @param leftOut valid settings that were ignored, with their locations
 */
public record Configuration(
    List<RegistryEntry> registries,
    Map<String, ClusterSettings> clusters,
    DaemonSettings daemon,
    String fingerprint,
    List<String> files,
    List<Path> passwordFiles,
    List<Problem> leftOut) {
  /** An empty configuration. */
  public static final Configuration EMPTY =
      new Configuration(
          List.of(), Map.of(), DaemonSettings.UNSET, "", List.of(), List.of(), List.of());

  public Configuration {
    registries = List.copyOf(registries);
    files = List.copyOf(files);
    passwordFiles = List.copyOf(passwordFiles);
    leftOut = List.copyOf(leftOut);
    clusters = Collections.unmodifiableMap(new LinkedHashMap<>(clusters));
  }

  /** Prints only counts. */
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
