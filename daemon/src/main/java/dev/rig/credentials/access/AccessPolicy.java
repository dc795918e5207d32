package dev.rig.credentials.access;

import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.linux.UserDatabase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One generation of access rules. Immutable: a reload replaces the whole object. */
final class AccessPolicy {
  /** A rule with its numeric ids parsed. */
  private record ResolvedRule(
      AccessRule rule,
      boolean everybody,
      Set<Integer> users,
      List<String> userNames,
      Set<Integer> groups,
      List<String> groupNames) {
    static ResolvedRule of(AccessRule rule) {
      var users = new HashSet<Integer>();
      var groups = new HashSet<Integer>();
      var userNames = names(rule.users(), users);
      return new ResolvedRule(
          rule,
          userNames.remove(AccessRule.EVERYBODY),
          users,
          userNames,
          groups,
          names(rule.groups(), groups));
    }

    private static List<String> names(List<String> texts, Set<Integer> ids) {
      var names = new ArrayList<String>();
      for (var text : texts) {
        try {
          ids.add(Integer.parseUnsignedInt(text));
        } catch (NumberFormatException e) {
          names.add(text);
        }
      }
      return names;
    }

    /** Returns whether the rule names the peer, as far as the kernel reports. */
    boolean means(Peer peer) {
      return everybody
          || users.contains(peer.uid())
          || groups.contains(peer.gid())
          || peer.groups().stream().anyMatch(groups::contains);
    }

    boolean dependsOnDatabase() {
      return !userNames.isEmpty() || !groupNames.isEmpty() || !groups.isEmpty();
    }

    boolean means(Peer peer, UserDatabase database, Set<Integer> known) {
      return userNames.stream().anyMatch(name -> isId(database.userId(name).orElse(-1), peer.uid()))
          || known.stream().anyMatch(groups::contains)
          || groupNames.stream()
              .anyMatch(name -> known.contains(database.groupId(name).orElse(-1)));
    }

    private static boolean isId(int found, int id) {
      return found != -1 && found == id; // -1 means that the user database does not have the name
    }
  }

  private final List<ResolvedRule> rules;
  private final boolean ownLogins;

  private AccessPolicy(List<AccessRule> rules, boolean ownLogins) {
    this.rules = rules.stream().map(ResolvedRule::of).toList();
    this.ownLogins = ownLogins;
  }

  /** Returns a policy of exactly these rules. */
  static AccessPolicy of(List<AccessRule> rules) {
    return new AccessPolicy(rules, false);
  }

  /**
   * Returns the policy for a configuration without rules: the peers of this rule may do everything,
   * all others keep logins of their own.
   */
  static AccessPolicy standard(AccessRule everything) {
    return new AccessPolicy(List.of(everything), true);
  }

  /** Returns the peer's rights; null if only the user database can decide. */
  @Nullable PeerRights withoutDatabase(Peer peer) {
    boolean open = rules.stream().anyMatch(rule -> !rule.means(peer) && rule.dependsOnDatabase());
    return open ? null : asTheKernelTells(peer);
  }

  /** Returns the peer's rights as far as the kernel reports its groups. */
  PeerRights asTheKernelTells(Peer peer) {
    return rights(rules.stream().filter(rule -> rule.means(peer)).toList());
  }

  /** Returns the peer's rights; may wait for the user database. */
  PeerRights of(Peer peer, UserDatabase database) {
    var known = new HashSet<>(peer.groups());
    known.add(peer.gid());
    known.addAll(database.groupsOf(peer.uid()));
    known.remove(-1);
    return rights(
        rules.stream()
            .filter(rule -> rule.means(peer) || rule.means(peer, database, known))
            .toList());
  }

  private PeerRights rights(List<ResolvedRule> meant) {
    return new PeerRights(meant.stream().map(ResolvedRule::rule).toList(), ownLogins);
  }
}
