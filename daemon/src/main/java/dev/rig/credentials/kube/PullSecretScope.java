package dev.rig.credentials.kube;

import dev.rig.credentials.kube.GroupObjects.NamespaceLabels;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces and Capsules that get a cluster's pull secrets.
 *
 * @param capsules whether every Capsule that needs one gets one
 * @param namespaces the only namespaces of such Capsules; empty for all
 * @param groups the namespaces that get one for their service accounts
 */
public record PullSecretScope(
    boolean capsules, List<String> namespaces, List<NamespaceGroup> groups) {
  /**
   * Namespaces whose service accounts pull with one Secret in each.
   *
   * @param names the namespaces; empty if labels select them
   * @param matchLabels labels that a namespace must have, all of them; empty if names select the
   *     namespaces
   * @param serviceAccounts the names of service accounts that use it, if they exist
   * @param registries the prefixes whose credentials it contains, in normal form
   * @param restartStuckPods whether older pods are deleted so that new ones use it
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

  /** No namespaces. */
  public static final PullSecretScope NOTHING = new PullSecretScope(false, List.of(), List.of());

  public PullSecretScope {
    namespaces = List.copyOf(namespaces);
    groups = List.copyOf(groups);
  }

  /** Returns the scope of Capsules in these namespaces; in all if none is given. */
  public static PullSecretScope ofCapsules(String... namespaces) {
    return new PullSecretScope(true, List.of(namespaces), List.of());
  }

  /** Returns whether requests may create secrets in that namespace. */
  public boolean wants(String namespace) {
    return namespaces.isEmpty() || namespaces.contains(namespace);
  }

  /**
   * Returns the first group that a namespace belongs to.
   *
   * @param namespace its labels; null if unknown
   */
  public Optional<NamespaceGroup> group(String name, @Nullable NamespaceLabels namespace) {
    return groups.stream().filter(group -> group.contains(name, namespace)).findFirst();
  }

  /** Returns whether a group selects namespaces by labels. */
  public boolean selectsByLabels() {
    return groups.stream().anyMatch(group -> !group.matchLabels().isEmpty());
  }

  /** Returns the namespaces of the groups; empty for all, if labels select some. */
  public List<String> groupNamespaces() {
    return selectsByLabels()
        ? List.of()
        : groups.stream().flatMap(group -> group.names().stream()).distinct().toList();
  }

  /** Returns the namespaces whose Secrets are watched; empty for all. */
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
