package dev.rig.credentials.kube.secret;

import dev.rig.credentials.concurrent.UncaughtErrors;
import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.KubeApi;
import dev.rig.credentials.kube.KubeApiException;
import dev.rig.credentials.kube.KubeApiException.KubeFailureKind;
import dev.rig.credentials.kube.LeaderElection;
import dev.rig.credentials.kube.PullSecret;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.time.Scheduler.Cancellable;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one cluster's pull secrets true. What there is to keep is read from the cluster each time,
 * so that a restart loses nothing (F30, F31). Of several daemons the one that holds the Lease does
 * it.
 *
 * <p>Everything that blocks runs on the worker, one at a time.
 */
final class Rotation implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Rotation.class.getName());

  /** How often the Lease is renewed, or looked at. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  /** How often the cluster is looked at when nothing is known to have changed. */
  private static final Duration RESYNC = Duration.ofSeconds(10);

  /** What changes in a burst is written once. */
  private static final Duration SETTLE = Duration.ofMillis(250);

  private static final Duration SPACING = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration GOODBYE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Cluster cluster;
  private final KubeApi api;
  private final SecretPlanner composer;
  private final LeaderElection election;
  private final Time time;
  private final RandomGenerator random;
  private final ExecutorService worker;
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  // Guarded by this: when the cluster is looked at next.
  private @Nullable Cancellable heartbeat;
  private @Nullable Cancellable next;
  private long nextNanos;
  private boolean running;
  private boolean again;
  private boolean closed;

  // Of the worker.
  private int failuresInARow;
  private long lastNanos;
  private Map<String, String> found = new TreeMap<>();

  private volatile Map<String, String> problems = Map.of();
  private volatile @Nullable String away;
  private volatile long kept;

  /**
   * A rotation that does nothing before {@link #start}.
   *
   * @param worker runs one task at a time; closed together with this
   */
  Rotation(
      Cluster cluster,
      KubeApi api,
      SecretPlanner composer,
      LeaderElection election,
      Time time,
      RandomGenerator random,
      ExecutorService worker) {
    this.cluster = cluster;
    this.api = api;
    this.composer = composer;
    this.election = election;
    this.time = time;
    this.random = random;
    this.worker = worker;
    this.lastNanos = time.nanos() - SPACING.toNanos();
  }

  void start() {
    execute(this::beat);
  }

  /** Leases or the configuration have changed; never blocks. */
  void changed() {
    if (election.holds()) {
      wake(SETTLE);
    }
  }

  /** Runs a task of somebody's between those of this. */
  void execute(Runnable task) {
    try {
      worker.execute(task);
    } catch (RejectedExecutionException e) {
      // closing
    }
  }

  private void beat() {
    boolean before = election.holds();
    try {
      election.attempt();
      if (election.holds() && !before) {
        LOG.log(Level.INFO, "this daemon rotates the pull secrets of cluster {0}", cluster.name());
        back();
        wake(Duration.ZERO);
      } else if (!election.holds()) {
        if (before) {
          LOG.log(Level.INFO, "another daemon rotates the pull secrets of {0}", cluster.name());
        }
        back();
        problems = Map.of();
        kept = 0;
      }
    } catch (KubeApiException e) {
      away(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) { // as without a thread for the HTTP client
      unexpected(e);
    }
    synchronized (this) {
      if (!closed) {
        heartbeat = time.scheduler().schedule(spread(HEARTBEAT), () -> execute(this::beat));
      }
    }
  }

  /** Looks at the cluster after the delay, or earlier where that is planned already. */
  private synchronized void wake(Duration delay) {
    if (closed) {
      return;
    }
    if (running) {
      again |= delay.compareTo(SETTLE) <= 0;
      return;
    }
    long at = time.nanos() + delay.toNanos();
    if (next != null) {
      if (nextNanos <= at) {
        return;
      }
      next.cancel();
    }
    nextNanos = at;
    next = time.scheduler().schedule(delay, () -> execute(this::look));
  }

  private void look() {
    synchronized (this) {
      next = null;
      if (running || closed || !election.holds()) {
        return; // who begins to hold it wakes this
      }
      running = true;
      again = false;
    }
    lastNanos = time.nanos();
    found = new TreeMap<>();
    try {
      var ours = new ArrayList<PullSecret>();
      if (cluster.namespaces().isEmpty()) {
        ours.addAll(api.secrets(null));
      } else {
        cluster.namespaces().forEach(namespace -> ours.addAll(api.secrets(namespace)));
      }
      kept = ours.size();
      var all = ours.stream().map(this::keep).toArray(CompletableFuture<?>[]::new);
      var _ =
          CompletableFuture.allOf(all)
              .whenCompleteAsync((nothing, thrown) -> finished(thrown), worker);
    } catch (RuntimeException | Error e) {
      finished(e);
    }
  }

  private CompletableFuture<Void> keep(PullSecret secret) {
    try {
      return composer
          .compose(secret.images(), PATIENCE)
          .thenAcceptAsync(now -> put(secret, now), worker);
    } catch (PullSecretException e) {
      found.put(secret.path(), "somebody has changed its annotations: " + e.getMessage());
      return CompletableFuture.completedFuture(null);
    }
  }

  private void put(PullSecret old, SecretPlan now) {
    if (now.needsNothing()) {
      found.put(
          old.path(),
          "no entry matches any of its images; remove it with \"rig-credentials pull-secret"
              + " --prune\"");
      return;
    }
    if (!now.missing().isEmpty()) {
      found.put(old.path(), String.join("; ", now.summaries()));
    }
    var next = now.replacing(old);
    if (next.says(old) || !election.holds()) {
      return;
    }
    try {
      api.apply(next);
      writes.incrementAndGet();
      LOG.log(Level.INFO, "pull secret {0} of cluster {1} rewritten", old.path(), cluster.name());
    } catch (KubeApiException e) {
      if (e.concernsAll()) {
        throw e;
      }
      failures.incrementAndGet();
      if (e.kind() != KubeFailureKind.CONFLICT) {
        found.put(old.path(), String.valueOf(e.getMessage()));
      }
    }
  }

  private void finished(@Nullable Throwable thrown) {
    if (thrown == null) {
      tell(found);
      back();
      failuresInARow = 0;
    } else {
      var cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
      if (cause instanceof KubeApiException e) {
        away(String.valueOf(e.getMessage()));
      } else if (!(cause instanceof RejectedExecutionException)) {
        unexpected(cause);
      }
      failuresInARow++;
    }
    boolean soon;
    synchronized (this) {
      running = false;
      soon = again;
    }
    wake(failuresInARow > 0 ? pause() : soon ? spaced() : spread(RESYNC));
  }

  /** Something changed meanwhile: but a busy daemon does not look without end. */
  private Duration spaced() {
    var left = SPACING.minusNanos(time.nanos() - lastNanos);
    return left.compareTo(SETTLE) > 0 ? left : SETTLE;
  }

  private Duration pause() {
    var full = Duration.ofSeconds(1L << Math.min(failuresInARow - 1, 5));
    return spread(full.compareTo(LONGEST_PAUSE) < 0 ? full : LONGEST_PAUSE);
  }

  /** Between four fifths of it and all of it. */
  private Duration spread(Duration full) {
    long nanos = full.toNanos();
    return Duration.ofNanos(nanos - random.nextLong(nanos / 5 + 1));
  }

  private void tell(Map<String, String> now) {
    var before = problems;
    problems = Map.copyOf(now);
    now.forEach((secret, problem) -> {
      if (!problem.equals(before.get(secret))) {
        LOG.log(
            Level.WARNING, "pull secret {0} of cluster {1}: {2}", secret, cluster.name(), problem);
      }
    });
  }

  private void unexpected(@Nullable Throwable failure) {
    away("it could not be asked: " + (failure == null ? "" : failure.getClass().getSimpleName()));
    LOG.log(Level.ERROR, "cluster " + cluster.name() + " could not be asked", failure);
    UncaughtErrors.reportCause(failure);
  }

  private void away(String reason) {
    failures.incrementAndGet();
    if (away == null) {
      LOG.log(Level.WARNING, "cluster {0}: {1}", cluster.name(), reason);
    }
    away = reason;
  }

  private void back() {
    if (away != null) {
      away = null;
      LOG.log(Level.INFO, "cluster {0} answers again", cluster.name());
    }
  }

  /** How it does: unhealthy while the cluster does not answer or a Secret cannot be kept true. */
  ComponentHealth health() {
    var messages = new ArrayList<String>();
    var problem = away;
    if (problem != null) {
      messages.add(problem);
    }
    new TreeMap<>(problems).forEach((secret, what) -> messages.add(secret + ": " + what));
    return new ComponentHealth(
        PullSecrets.part(cluster.name()),
        messages.isEmpty(),
        List.copyOf(messages),
        Map.of(
            "rotating",
            election.holds() ? 1L : 0L,
            "secrets",
            kept,
            "writes",
            writes.get(),
            "failures",
            failures.get()));
  }

  /** Lets go of the Lease, where that can be done soon, and stops. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (heartbeat != null) {
        heartbeat.cancel();
      }
      if (next != null) {
        next.cancel();
      }
    }
    execute(this::release);
    worker.shutdown();
    try {
      if (!worker.awaitTermination(GOODBYE.toMillis(), TimeUnit.MILLISECONDS)) {
        worker.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      worker.shutdownNow();
    }
  }

  private void release() {
    try {
      election.release();
    } catch (KubeApiException e) {
      LOG.log(Level.DEBUG, "the Lease of cluster {0} ends by itself", cluster.name());
    }
    api.close();
  }
}
