package dev.rig.credentials.app;

import dev.rig.credentials.config.Configuration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The names of development registries: {@code devRegistry.host} is what an image is pushed to from
 * outside, {@code clusterHost} what it is pulled from inside.
 */
final class DevHostMapping implements UnaryOperator<String> {
  private volatile Map<String, String> names = Map.of();

  /** Takes those of this configuration; of two clusters with one host the first counts. */
  void replace(Configuration configuration) {
    var next = new HashMap<String, String>();
    for (var cluster : configuration.clusters().values()) {
      var registry = cluster.devRegistry();
      if (registry != null && registry.host() != null && registry.clusterHost() != null) {
        next.putIfAbsent(registry.host().toLowerCase(Locale.ROOT), registry.clusterHost());
      }
    }
    names = Map.copyOf(next);
  }

  /** The host as a cluster knows it. */
  @Override
  public String apply(String host) {
    return names.getOrDefault(host, host);
  }
}
