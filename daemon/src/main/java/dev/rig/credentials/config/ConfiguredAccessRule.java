package dev.rig.credentials.config;

import dev.rig.credentials.image.RegistryPrefix;
import java.util.List;
import java.util.Set;

/**
 * An access rule as configured.
 *
 * @param origin the location of the rule
 * @param users names or numeric ids of users, {@code *} for all; with {@code groups} never empty
 * @param groups names or numeric ids of groups
 * @param actions the permitted actions; all if the rule does not name any
 * @param registries the registries that the actions apply to; empty for all
 */
public record ConfiguredAccessRule(
    SourcePosition origin,
    List<String> users,
    List<String> groups,
    Set<AccessAction> actions,
    List<RegistryPrefix> registries) {
  /**
   * The actions that a rule can permit; {@code PLATFORM} is the HTTP API on the platform's socket.
   */
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
