package dev.rig.credentials.access;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.PrefixTable;
import dev.rig.credentials.image.RegistryPrefix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one peer may do: everything that its access rules let it, together. Immutable. */
public final class PeerRights {
  /** Whoever has these may do everything. */
  public static final PeerRights ALL =
      new PeerRights(
          List.of(new AccessRule(List.of(), List.of(), EnumSet.allOf(Permission.class), List.of())),
          true);

  private final Map<Permission, RegistryScope> scopes = new EnumMap<>(Permission.class);
  private final boolean ownLogins;
  private @Nullable String refusal;

  /**
   * The rights that these rules give together.
   *
   * @param rules those that the peer is meant by
   * @param ownLogins whether the peer may keep logins of its own whatever the rules say
   */
  PeerRights(List<AccessRule> rules, boolean ownLogins) {
    this.ownLogins = ownLogins;
    for (var permission : Permission.values()) {
      var giving = rules.stream().filter(rule -> rule.permissions().contains(permission)).toList();
      if (!giving.isEmpty()) {
        scopes.put(permission, RegistryScope.of(giving));
      }
    }
  }

  /** None, whatever the rules say, for that reason. */
  static PeerRights refused(String reason) {
    var none = new PeerRights(List.of(), false);
    none.refusal = reason;
    return none;
  }

  /** Why the peer may do nothing at all, whatever the rules say; null if they decide. */
  public @Nullable String refusal() {
    return refusal;
  }

  /** Whether there is any registry that it may do this with. */
  public boolean may(Permission permission) {
    return scopes.containsKey(permission);
  }

  /** Whether it may do this with every registry. */
  public boolean mayAll(Permission permission) {
    var scope = scopes.get(permission);
    return scope != null && scope.everything();
  }

  /** Whether it may do this with what that names. */
  public boolean may(Permission permission, ImageReference reference) {
    var scope = scopes.get(permission);
    return scope != null && scope.covers(reference);
  }

  /**
   * Whether it may do this with everything below that prefix, as a rule does that names the prefix
   * itself or a shorter one.
   */
  public boolean may(Permission permission, RegistryPrefix prefix) {
    var scope = scopes.get(permission);
    return scope != null && scope.covers(prefix);
  }

  /** Whether it may do this with its own logins at all. */
  public boolean mayWithOwn(Permission permission) {
    return ownLogins || may(permission);
  }

  /** Whether it may do this with its own login to what that names. */
  public boolean mayWithOwn(Permission permission, ImageReference reference) {
    return ownLogins || may(permission, reference);
  }

  /** The registries that a permission extends to. */
  private record RegistryScope(
      boolean everything,
      List<RegistryPrefix> prefixes,
      PrefixTable<RegistryPrefix> table,
      PrefixTable<RegistryPrefix> globs) {
    private static final PrefixTable<RegistryPrefix> NONE = PrefixTable.of(Map.of());

    static RegistryScope of(List<AccessRule> rules) {
      if (rules.stream().anyMatch(rule -> rule.registries().isEmpty())) {
        return new RegistryScope(true, List.of(), NONE, NONE);
      }
      var prefixes = new LinkedHashMap<RegistryPrefix, RegistryPrefix>();
      rules.forEach(rule -> rule.registries().forEach(one -> prefixes.put(one, one)));
      var globs = new LinkedHashMap<>(prefixes);
      globs.keySet().removeIf(prefix -> !prefix.isGlob());
      return new RegistryScope(
          false,
          new ArrayList<>(prefixes.keySet()),
          PrefixTable.of(prefixes),
          PrefixTable.of(globs));
    }

    boolean covers(ImageReference reference) {
      if (everything) {
        return true;
      }
      if (reference.isExactKey()) {
        return covers(new RegistryPrefix(reference.host(), ""));
      }
      return table.find(reference) != null;
    }

    boolean covers(RegistryPrefix wanted) {
      return everything
          || prefixes.stream().anyMatch(prefix -> isWithin(wanted, prefix))
          || (!wanted.isGlob() && isMatchedByGlob(wanted));
    }

    private static boolean isWithin(RegistryPrefix inner, RegistryPrefix outer) {
      return inner.host().equals(outer.host())
          && (outer.path().isEmpty()
              || inner.path().equals(outer.path())
              || inner.path().startsWith(outer.path() + "/"));
    }

    private boolean isMatchedByGlob(RegistryPrefix wanted) {
      try {
        return globs.find(ImageReference.ofKey(wanted.toString())) != null;
      } catch (InvalidReferenceException e) {
        return false;
      }
    }
  }
}
