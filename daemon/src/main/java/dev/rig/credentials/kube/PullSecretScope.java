package dev.rig.credentials.kube;

import dev.rig.credentials.kube.GroupObjects.NamespaceLabels;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a cluster's pull secrets go.
 *
 * @param capsules whether every Capsule that needs one gets one
 * @param namespaces the only ones that are looked at for that; empty for all
 * @param groups the namespaces that get one for their service accounts
 */
public record PullSecretScope(
    boolean capsules, List<String> namespaces, List<NamespaceGroup> groups) {
  /**
   * Namespaces whose service accounts pull with one Secret in each.
   *
   * @param names the namespaces; empty where labels select them
   * @param matchLabels all of which a namespace has to have; empty where names select them
   * @param serviceAccounts the names of those that get it, where they exist
   * @param registries the prefixes that it has credentials for, in normal form
   * @param restartStuckPods whether pods that were created before it are replaced
   */
  public record NamespaceGroup(
      List<String> names,
      Map<String, String> matchLabels,
      List<String> serviceAccounts,
      List<String> registries,
      boolean restartStuckPods) {
    public NamespaceGroup {
      names = List.copyOf(names);
      matchLabels = Map.copyOf(matchLabels);
      serviceAccounts = List.copyOf(serviceAccounts);
      registries = List.copyOf(registries);
    }

    boolean contains(String name, @Nullable NamespaceLabels namespace) {
      return names.contains(name)
          || (!matchLabels.isEmpty()
              && namespace != null
              && namespace.labels().entrySet().containsAll(matchLabels.entrySet()));
    }
  }

  /** Nowhere. */
  public static final PullSecretScope NOTHING = new PullSecretScope(false, List.of(), List.of());

  public PullSecretScope {
    namespaces = List.copyOf(namespaces);
    groups = List.copyOf(groups);
  }

  /** Capsules of these namespaces; of all where there are none. */
  public static PullSecretScope ofCapsules(String... namespaces) {
    return new PullSecretScope(true, List.of(namespaces), List.of());
  }

  /** Whether secrets may be kept in that namespace by request. */
  public boolean wants(String namespace) {
    return namespaces.isEmpty() || namespaces.contains(namespace);
  }

  /**
   * The first group that a namespace belongs to.
   *
   * @param namespace its labels; null where they are not known
   */
  public Optional<NamespaceGroup> group(String name, @Nullable NamespaceLabels namespace) {
    return groups.stream().filter(group -> group.contains(name, namespace)).findFirst();
  }

  /** Whether namespaces are selected by their labels. */
  public boolean selectsByLabels() {
    return groups.stream().anyMatch(group -> !group.matchLabels().isEmpty());
  }

  /** The namespaces of the groups; empty for all, where labels select some. */
  public List<String> groupNamespaces() {
    return selectsByLabels()
        ? List.of()
        : groups.stream().flatMap(group -> group.names().stream()).distinct().toList();
  }

  /** The namespaces that Secrets are watched in; empty for all. */
  public List<String> secretNamespaces() {
    if (groups.isEmpty()) {
      return namespaces;
    }
    if (selectsByLabels() || (capsules && namespaces.isEmpty())) {
      return List.of();
    }
    return Stream.concat(namespaces.stream(), groupNamespaces().stream()).distinct().toList();
  }
}
