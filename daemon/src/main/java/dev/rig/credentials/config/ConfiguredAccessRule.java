package dev.rig.credentials.config;

import dev.rig.credentials.image.RegistryPrefix;
import java.util.List;
import java.util.Set;

/**
 * Lets some peers do something.
 *
 * @param origin where the rule stands
 * @param users names or numeric ids of users, {@code *} for everybody; with {@code groups} never
 *     empty
 * @param groups names or numeric ids of groups
 * @param actions what they may do; all there is when the rule does not say
 * @param registries what they may ask for; empty when the rule does not say, which is everything
 */
public record ConfiguredAccessRule(
    SourcePosition origin,
    List<String> users,
    List<String> groups,
    Set<AccessAction> actions,
    List<RegistryPrefix> registries) {
  /** What a peer can ask of the socket; {@code PLATFORM} is the HTTP API of the platform's. */
  public enum AccessAction {
    GET,
    STORE,
    ERASE,
    LIST,
    VERSION,
    KUBELET,
    PLATFORM
  }

  public ConfiguredAccessRule {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
    actions = Set.copyOf(actions);
    registries = List.copyOf(registries);
  }
}
