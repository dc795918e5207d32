package dev.rig.credentials.kube;

import dev.rig.credentials.kube.KubeApi.Lock;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides by a {@code coordination.k8s.io} Lease which of several daemons rotates, in the way of
 * client-go's {@code leaderelection}: a holder counts as gone when its Lease has not changed for
 * its duration <em>by this process's own monotonic clock</em>, so that no two clocks are ever
 * compared.
 *
 * <p>Not fabric8's elector, which brings threads and clocks of its own and can neither be tested
 * without waiting nor stopped in the middle of a pause.
 *
 * <p>Used by one thread at a time, except for {@link #holds}.
 */
public final class LeaderElection {
  /** The name of the Lease. */
  static final String NAME = "rig-credentials";

  /** How long the others wait for a holder that says nothing. */
  static final Duration DURATION = Duration.ofSeconds(15);

  /** How long a holder believes itself: less, so that it stops before the next one begins. */
  static final Duration TRUST = Duration.ofSeconds(10);

  private final KubeApi api;
  private final String namespace;
  private final String identity;
  private final Time time;

  /** What was last seen of another holder, and since when by the monotonic clock. */
  private @Nullable Lock seen;

  private long seenNanos;

  private volatile boolean held;
  private volatile long renewedNanos;

  /**
   * An election that has not begun.
   *
   * @param namespace where the Lease lies
   * @param identity this process, unlike any other and any earlier one
   */
  public LeaderElection(KubeApi api, String namespace, String identity, Time time) {
    this.api = api;
    this.namespace = namespace;
    this.identity = identity;
    this.time = time;
  }

  /** Whether this process may write now. */
  public boolean holds() {
    return held && time.nanos() - renewedNanos < TRUST.toNanos();
  }

  /** Who holds it, as it was last seen; empty for nobody. */
  String holder() {
    var last = seen;
    return holds() ? identity : last == null ? "" : last.holder();
  }

  /**
   * Renews, or takes what nobody holds any more.
   *
   * @throws KubeApiException when the cluster cannot be asked; a Lease that is held stays so for
   *     its time
   */
  public void attempt() {
    long begun = time.nanos();
    var now = time.now().truncatedTo(ChronoUnit.MICROS); // what MicroTime can carry
    try {
      var found = api.lock(namespace, NAME);
      if (found.isEmpty()) {
        api.createLock(namespace, NAME, new Lock(identity, DURATION, now, now, 0, null));
      } else {
        var lock = found.get();
        boolean mine = lock.holder().equals(identity);
        if (!mine && !isFree(lock)) {
          held = false;
          return;
        }
        api.updateLock(
            namespace,
            NAME,
            new Lock(
                identity,
                DURATION,
                mine ? lock.acquiredAt() : now,
                now,
                mine ? lock.transitions() : lock.transitions() + 1,
                lock.resourceVersion()));
      }
      renewedNanos = begun;
      held = true;
      seen = null;
    } catch (KubeApiException e) {
      if (e.kind() != KubeApiException.KubeFailureKind.CONFLICT) {
        throw e;
      }
      held = false; // another one was faster
    }
  }

  private boolean isFree(Lock lock) {
    if (lock.holder().isEmpty()) {
      return true;
    }
    var last = seen;
    if (last == null
        || !last.holder().equals(lock.holder())
        || !last.renewedAt().equals(lock.renewedAt())) {
      seen = lock;
      seenNanos = time.nanos();
      return false;
    }
    return time.nanos() - seenNanos >= lock.duration().toNanos();
  }

  /** Lets another one begin at once. */
  public void release() {
    if (!holds()) {
      return;
    }
    held = false;
    var found = api.lock(namespace, NAME);
    if (found.isPresent() && found.get().holder().equals(identity)) {
      var lock = found.get();
      api.updateLock(
          namespace,
          NAME,
          new Lock(
              "",
              DURATION,
              lock.acquiredAt(),
              lock.renewedAt(),
              lock.transitions(),
              lock.resourceVersion()));
    }
  }
}
