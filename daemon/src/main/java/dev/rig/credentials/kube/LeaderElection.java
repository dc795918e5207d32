package dev.rig.credentials.kube;

import dev.rig.credentials.kube.KubeApi.Lock;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides by a {@code coordination.k8s.io} Lease which of several daemons writes pull secrets, as
 * client-go's {@code leaderelection} does: a holder counts as gone when its Lease has not changed
 * for its duration <em>by this process's own monotonic clock</em>, so that no two clocks are
 * compared.
 *
 * <p>fabric8's elector is not used: it has threads and clocks of its own, cannot be tested without
 * waiting, and cannot be stopped during a pause.
 *
 * <p>Used by one thread at a time, except for {@link #holds}.
 */
public final class LeaderElection {
  /** The name of the Lease. */
  static final String NAME = "rig-credentials";

  /** How long other daemons wait for a holder that does not renew. */
  static final Duration DURATION = Duration.ofSeconds(15);

  /**
   * How long a holder writes after its last renewal: shorter than {@link #DURATION}, so that it
   * stops before the next holder starts.
   */
  static final Duration TRUST = Duration.ofSeconds(10);

  private final KubeApi api;
  private final String namespace;
  private final String identity;
  private final Time time;

  /** The last state of another holder, and since when by the monotonic clock. */
  private @Nullable Lock seen;

  private long seenNanos;

  private volatile boolean held;
  private volatile long renewedNanos;

  /**
   * Creates an election that has not started.
   *
   * @param namespace of the Lease
   * @param identity of this process, different from any other and any earlier one
   */
  public LeaderElection(KubeApi api, String namespace, String identity, Time time) {
    this.api = api;
    this.namespace = namespace;
    this.identity = identity;
    this.time = time;
  }

  /** Returns whether this process may write now. */
  public boolean holds() {
    return held && time.nanos() - renewedNanos < TRUST.toNanos();
  }

  /** Returns the last known holder; empty if none. */
  String holder() {
    var last = seen;
    return holds() ? identity : last == null ? "" : last.holder();
  }

  /**
   * Renews the Lease, or acquires it if its holder is gone.
   *
   * @throws KubeApiException if the cluster does not answer; a held Lease stays held for its time
   */
  public void attempt() {
    long begun = time.nanos();
    var now = time.now().truncatedTo(ChronoUnit.MICROS); // the precision of MicroTime
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
      held = false; // another daemon was faster
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

  /** Releases the Lease, so that another daemon can acquire it immediately. */
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
