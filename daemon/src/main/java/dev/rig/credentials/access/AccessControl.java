package dev.rig.credentials.access;

import dev.rig.credentials.concurrent.UncaughtErrors;
import dev.rig.credentials.concurrent.Workers;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.linux.SystemUsers;
import dev.rig.credentials.linux.UserDatabase;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each peer may do. The kernel identifies a peer. If a rule names users, or groups
 * that the kernel does not report for the peer, the user database is queried on a separate thread,
 * and the result is cached for {@link #KEPT}.
 */
public final class AccessControl implements AutoCloseable {
  private static final Logger LOG = System.getLogger(AccessControl.class.getName());

  /** How long the result of a query of the user database is cached. */
  private static final Duration KEPT = Duration.ofSeconds(10);

  /** The longest wait for the user database; after that only what the kernel reports counts. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final int MOST_KEPT = 4096;

  private static final PeerRights OWN_SCRIPT =
      PeerRights.refused(
          "the request comes from a script that this daemon runs, which would wait for itself;"
              + " an entry's script must not ask this daemon (docker-credential-rig)");

  /** A peer without its process id. */
  private record PeerIdentity(int uid, int gid, Set<Integer> groups) {}

  private record CachedRights(
      AccessPolicy policy, long since, CompletableFuture<PeerRights> rights) {}

  private final UserDatabase database;
  private final Time time;
  private final ExecutorService lookups;
  private final Map<PeerIdentity, CachedRights> known = new ConcurrentHashMap<>();
  private volatile Predicate<Peer> ownScripts = peer -> false;
  private volatile AccessPolicy policy = AccessPolicy.of(List.of());

  /**
   * Completes when the rules may be used again; requests wait for it. Null if they may be used now.
   */
  private volatile @Nullable CompletableFuture<Void> held;

  AccessControl(UserDatabase database, Time time, ExecutorService lookups) {
    this.database = database;
    this.time = time;
    this.lookups = lookups;
  }

  /** Creates an access control that denies everything until rules are enforced. */
  public static AccessControl open(Time time) {
    return new AccessControl(new SystemUsers(), time, Workers.one("rig-users", time.scheduler()));
  }

  /**
   * Makes requests wait while the change runs, so that new entries are never answered under old
   * rules, or old entries under new rules.
   */
  public void whileHeld(Runnable change) {
    var hold = new CompletableFuture<Void>();
    held = hold;
    try {
      change.run();
    } finally {
      held = null;
      hold.complete(null);
    }
  }

  /**
   * Denies everything to these peers: a script that the daemon runs for a credential must not ask
   * the daemon for one, because it could wait for itself.
   */
  public void refuseOwnScripts(Predicate<Peer> scripts) {
    ownScripts = scripts;
  }

  /** Enforces exactly these rules, in place of earlier ones. */
  public void enforce(List<AccessRule> rules) {
    policy = AccessPolicy.of(rules);
  }

  /**
   * Enforces the rules for a configuration without access rules: root, the daemon's user and the
   * members of the socket's group may do everything; all other users may only keep logins of their
   * own.
   *
   * @param ownUid the daemon's user id
   * @param socketGid the group id of the socket's file
   */
  public void enforceStandard(int ownUid, int socketGid) {
    policy =
        AccessPolicy.standard(
            new AccessRule(
                List.of("0", Integer.toUnsignedString(ownUid)),
                List.of(Integer.toUnsignedString(socketGid)),
                EnumSet.allOf(Permission.class),
                List.of()));
  }

  /**
   * Returns the rights of a peer, usually without waiting; never fails. Callable from any thread.
   */
  public CompletableFuture<PeerRights> of(Peer peer) {
    if (ownScripts.test(peer)) {
      return CompletableFuture.completedFuture(OWN_SCRIPT);
    }
    var hold = held;
    if (hold != null) {
      return hold.thenCompose(_ -> of(peer));
    }
    var who = new PeerIdentity(peer.uid(), peer.gid(), peer.groups());
    var found = known.get(who);
    var current = policy;
    if (found != null
        && found.policy() == current
        && time.nanos() - found.since() < KEPT.toNanos()) {
      return found.rights();
    }
    var rights = current.withoutDatabase(peer);
    var fresh =
        new CachedRights(
            current,
            time.nanos(),
            rights == null ? lookup(current, peer) : CompletableFuture.completedFuture(rights));
    if (known.size() >= MOST_KEPT) {
      known.clear();
    }
    known.put(who, fresh);
    return fresh.rights();
  }

  private CompletableFuture<PeerRights> lookup(AccessPolicy current, Peer peer) {
    var result = new CompletableFuture<PeerRights>();
    var late =
        time.scheduler()
            .schedule(
                PATIENCE,
                () -> {
                  if (result.complete(current.asTheKernelTells(peer))) {
                    LOG.log(
                        Level.WARNING, "the user database did not answer in time for {0}", peer);
                  }
                });
    try {
      lookups.execute(() -> {
        try {
          result.complete(current.of(peer, database));
        } catch (RuntimeException | Error e) {
          LOG.log(Level.ERROR, "the user database could not be queried", e);
          UncaughtErrors.reportCause(e);
          result.complete(current.asTheKernelTells(peer));
        } finally {
          late.cancel();
        }
      });
    } catch (RejectedExecutionException closed) {
      result.complete(current.asTheKernelTells(peer));
    }
    return result;
  }

  /** Stops querying the user database. */
  @Override
  public void close() {
    lookups.shutdownNow();
  }
}
