package dev.rig.credentials.kube;

import java.util.List;

/**
 * Where a cluster's pull secrets go.
 *
 * @param capsules whether every Capsule that needs one gets one
 * @param namespaces the only ones that are looked at for that; empty for all
 */
public record PullSecretScope(boolean capsules, List<String> namespaces) {
  public PullSecretScope {
    namespaces = List.copyOf(namespaces);
  }

  /** Capsules of these namespaces; of all where there are none. */
  public static PullSecretScope ofCapsules(String... namespaces) {
    return new PullSecretScope(true, List.of(namespaces));
  }

  /** Whether secrets may be kept in that namespace. */
  public boolean wants(String namespace) {
    return namespaces.isEmpty() || namespaces.contains(namespace);
  }
}
