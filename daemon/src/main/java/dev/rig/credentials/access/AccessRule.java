package dev.rig.credentials.access;

import dev.rig.credentials.image.RegistryPrefix;
import java.util.List;
import java.util.Set;

/**
 * An access rule: allows some peers to do something.
 *
 * @param users names or numeric ids of users, or {@link #EVERYBODY}
 * @param groups names or numeric ids of groups; a peer is a member by its own gid, by the
 *     supplementary groups that the kernel recorded when it connected, or by the user database
 * @param permissions what the peers may do
 * @param registries the registries that the permissions extend to; empty for all
 */
public record AccessRule(
    List<String> users,
    List<String> groups,
    Set<Permission> permissions,
    List<RegistryPrefix> registries) {
  /** In {@code users}: every peer that can connect to the socket. */
  public static final String EVERYBODY = "*";

  public AccessRule {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
    permissions = Set.copyOf(permissions);
    registries = List.copyOf(registries);
  }
}
