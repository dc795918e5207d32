package dev.rig.credentials.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What registries are trusted with when the daemon itself asks them.
 *
 * @param insecure hosts that plain http will do for, in normal form
 * @param caFiles PEM files of authorities beside those of the runtime
 * @param realms hosts of token services by the registry's host, both in lower case
 */
public record RegistryClientSettings(
    Set<String> insecure, List<Path> caFiles, Map<String, Set<String>> realms) {
  /** Nothing is said. */
  public static final RegistryClientSettings UNSET =
      new RegistryClientSettings(Set.of(), List.of(), Map.of());

  public RegistryClientSettings {
    insecure = Set.copyOf(insecure);
    caFiles = List.copyOf(caFiles);
    var copy = new HashMap<String, Set<String>>();
    realms.forEach((registry, hosts) -> copy.put(registry, Set.copyOf(hosts)));
    realms = Map.copyOf(copy);
  }
}
