package dev.rig.credentials.access;

import dev.rig.credentials.image.RegistryPrefix;
import java.util.List;
import java.util.Set;

/**
 * An access rule: lets some peers do something.
 *
 * @param users names or numeric ids of users, or {@link #EVERYBODY}
 * @param groups names or numeric ids of groups; a peer is in one by its own gid, by the
 *     supplementary groups that the kernel noted when it connected, or because the user database
 *     has its uid in it
 * @param permissions what they may do
 * @param registries what they may do it with; empty for everything
 */
public record AccessRule(
    List<String> users,
    List<String> groups,
    Set<Permission> permissions,
    List<RegistryPrefix> registries) {
  /** Among the users: whoever the socket lets connect. */
  public static final String EVERYBODY = "*";

  public AccessRule {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
    permissions = Set.copyOf(permissions);
    registries = List.copyOf(registries);
  }
}
