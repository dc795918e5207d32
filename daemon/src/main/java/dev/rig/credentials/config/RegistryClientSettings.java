package dev.rig.credentials.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The trust settings for the daemon's own requests to registries.
 *
 * @param insecure hosts that may use plain http, in normal form
 * @param caFiles PEM files of certificate authorities in addition to those of the runtime
 * @param realms hosts of token services by the registry's host, both in lower case
 */
public record RegistryClientSettings(
    Set<String> insecure, List<Path> caFiles, Map<String, Set<String>> realms) {
  /** No setting is set. */
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
