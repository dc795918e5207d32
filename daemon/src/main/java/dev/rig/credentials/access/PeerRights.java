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

/** What one peer may do: the union of all access rules that name it. Immutable. */
public final class PeerRights {
  /** Permits everything. */
  public static final PeerRights ALL =
      new PeerRights(
          List.of(new AccessRule(List.of(), List.of(), EnumSet.allOf(Permission.class), List.of())),
          true);

  private final Map<Permission, RegistryScope> scopes = new EnumMap<>(Permission.class);
  private final boolean ownLogins;
  private @Nullable String refusal;

  /**
   * Combines rules.
   *
   * @param rules the rules that name the peer
   * @param ownLogins whether the peer may keep logins of its own, regardless of the rules
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

  /** Returns rights that permit nothing, regardless of the rules, with the reason. */
  static PeerRights refused(String reason) {
    var none = new PeerRights(List.of(), false);
    none.refusal = reason;
    return none;
  }

  /** Returns why the peer may do nothing, regardless of the rules; null if the rules decide. */
  public @Nullable String refusal() {
    return refusal;
  }

  /** Returns whether the peer has the permission for at least one registry. */
  public boolean may(Permission permission) {
    return scopes.containsKey(permission);
  }

  /** Returns whether the peer has the permission for every registry. */
  public boolean mayAll(Permission permission) {
    var scope = scopes.get(permission);
    return scope != null && scope.everything();
  }

  /** Returns whether the peer has the permission for this image. */
  public boolean may(Permission permission, ImageReference reference) {
    var scope = scopes.get(permission);
    return scope != null && scope.covers(reference);
  }

  /**
   * Returns whether the peer has the permission for everything below the prefix: a rule names the
   * prefix itself or a shorter one.
   */
  public boolean may(Permission permission, RegistryPrefix prefix) {
    var scope = scopes.get(permission);
    return scope != null && scope.covers(prefix);
  }

  /** Returns whether the peer has the permission for logins of its own. */
  public boolean mayWithOwn(Permission permission) {
    return ownLogins || may(permission);
  }

  /**
   * Returns whether the peer has the permission for its own login to the registry of this image.
   */
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
          && RegistryPrefix.isWithin(inner.path(), outer.path());
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
