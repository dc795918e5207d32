package dev.rig.credentials.kube.secret;

import dev.rig.credentials.concurrent.UncaughtErrors;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.KubeApi;
import dev.rig.credentials.kube.KubeApiException;
import dev.rig.credentials.kube.KubeEvent.Subject;
import dev.rig.credentials.kube.LeaderElection;
import dev.rig.credentials.kube.PullSecret;
import dev.rig.credentials.kube.PullSecretScope;
import dev.rig.credentials.kube.secret.KeptItem.OfCapsule;
import dev.rig.credentials.kube.secret.KeptItem.OfNamespace;
import dev.rig.credentials.kube.secret.KeptItem.Requested;
import dev.rig.credentials.metrics.ClusterReading;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.time.Scheduler.Cancellable;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one cluster's pull secrets up to date. All objects are watched, so that a restart loses
 * nothing (F30, F31). Of several daemons only the holder of the Lease does this; the others watch
 * nothing.
 *
 * <p>Everything that blocks runs on the worker, one at a time, except the writing of items, which
 * the writers do, several at a time but never the same item.
 */
final class ClusterKeeper implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ClusterKeeper.class.getName());

  /** How often the Lease is renewed or read. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  /** How often a cluster that does not answer is tried again. */
  private static final Duration PROBE = Duration.ofSeconds(2);

  /**
   * After this number of heartbeats, all Secrets are compared with their entries. This sends no
   * request to the cluster; it keeps leases warm that have no other requests.
   */
  private static final int BEATS_A_RESYNC = 2;

  /** How many conflicts in a row may pass unreported, because another writer was faster. */
  private static final int TOLERATED_CONFLICTS = 3;

  private static final Duration GOODBYE = Duration.ofSeconds(2);
  private static final Duration TAKING_BACK = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final KubeApi api;
  private final LeaderElection election;
  private final Time time;
  private final RandomGenerator random;
  private final ExecutorService worker;
  private final ExecutorService writers;
  private final LeaderRequests requests;
  private final KeptProblems problems;
  private final KeeperWatches watches;
  private final CapsuleSecrets capsuleSecrets;
  private final RequestedSecrets requestedSecrets;
  private final NamespaceSecrets namespaceSecrets;
  private final StuckPods stuckPods;
  private final WorkQueue<KeptItem> queue;
  private final AtomicLong failures = new AtomicLong();

  // Guarded by this.
  private @Nullable Cancellable heartbeat;
  private boolean closed;

  // Used by the worker only.
  private boolean watching;
  private int beats;

  /**
   * Set if a request failed without an answer; the next heartbeat, which then runs immediately,
   * decides.
   */
  private volatile boolean suspect;

  private volatile @Nullable String away;

  /**
   * Creates a keeper that does nothing before {@link #start}.
   *
   * @param worker runs one task at a time; closed with this
   * @param writers run several tasks at a time; closed with this
   */
  ClusterKeeper(
      Cluster cluster,
      KubeApi api,
      SecretPlanner planner,
      LeaderElection election,
      Time time,
      RandomGenerator random,
      ExecutorService worker,
      ExecutorService writers) {
    this.cluster = cluster;
    this.api = api;
    this.election = election;
    this.time = time;
    this.random = random;
    this.worker = worker;
    this.writers = writers;
    requests =
        new LeaderRequests(api, election, () -> suspect || away != null, this::altered, time);
    problems = new KeptProblems(cluster.name(), requests, time);
    queue = new WorkQueue<>(this::keep, this::failed, time, worker);
    watches = new KeeperWatches(cluster, api, time, queue::add, this::watchFailed);
    capsuleSecrets =
        new CapsuleSecrets(
            cluster, requests, planner, watches.capsules(), watches.secrets(), problems, writers);
    requestedSecrets =
        new RequestedSecrets(cluster, requests, planner, watches.secrets(), problems, writers);
    stuckPods = new StuckPods(watches.pods(), requests, time);
    namespaceSecrets =
        new NamespaceSecrets(cluster, requests, planner, watches, stuckPods, problems, writers);
  }

  void start() {
    execute(this::beat);
  }

  /** Reacts to changed leases or a changed configuration; never blocks. */
  void changed() {
    if (election.holds()) {
      queue.add(watches.everything());
    }
  }

  private void execute(Runnable task) {
    try {
      worker.execute(task);
    } catch (RejectedExecutionException e) {
      // closing
    }
  }

  private void beat() {
    boolean answered = false;
    try {
      election.attempt();
      suspect = false;
      boolean wasAway = away != null;
      back();
      lead(wasAway);
      answered = true;
    } catch (KubeApiException e) {
      away(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) { // for example without a thread for the HTTP client
      unexpected(e);
    }
    synchronized (this) {
      if (heartbeat != null) {
        heartbeat.cancel();
      }
      if (!closed) {
        heartbeat =
            time.scheduler()
                .schedule(spread(answered ? HEARTBEAT : PROBE), () -> execute(this::beat));
      }
    }
  }

  private synchronized void beatNow() {
    if (!closed && heartbeat != null) {
      heartbeat.cancel();
      heartbeat = time.scheduler().schedule(Duration.ZERO, () -> execute(this::beat));
    }
  }

  /** Watches while the Lease is held, and restarts failed watches. */
  private void lead(boolean wasAway) {
    if (!election.holds()) {
      if (watching) {
        LOG.log(Level.INFO, "another daemon keeps the pull secrets of {0}", cluster.name());
        stopWatching();
      }
      return;
    }
    if (!watching) {
      LOG.log(Level.INFO, "this daemon keeps the pull secrets of cluster {0}", cluster.name());
      watching = true;
    } else if (wasAway) {
      watches.all().forEach(WatchedObjects::reopen);
      queue.retry();
    }
    watches.all().forEach(WatchedObjects::look);
    if (++beats % BEATS_A_RESYNC == 0) {
      requests.forgetCalm();
      queue.add(watches.everything());
    }
  }

  private void stopWatching() {
    watching = false;
    watches.all().forEach(WatchedObjects::close);
    queue.clear();
    problems.clear();
    stuckPods.clear();
  }

  private CompletableFuture<?> keep(KeptItem item) {
    return switch (item) {
      case OfCapsule one -> capsuleSecrets.keep(one);
      case OfNamespace one -> namespaceSecrets.keep(one);
      case Requested one -> requestedSecrets.keep(one);
    };
  }

  private void failed(KeptItem item, Throwable thrown, int times) {
    switch (thrown) {
      case KubeApiException e -> {
        failures.incrementAndGet();
        var message = String.valueOf(e.getMessage());
        if (e.concernsAll()) {
          suspect = true;
          problems.tell(item, message, null, "Unanswered");
          beatNow();
        } else if (e.kind() == KubeApiException.KubeFailureKind.REFUSED) {
          tell(item, message, "Refused");
        } else if (e.isConflict() && times >= TOLERATED_CONFLICTS && !problems.has(item)) {
          tell(item, message, "Conflict");
        }
      }
      case RestoreLimits.ContestedException e ->
          problems.contested(item, String.valueOf(e.getMessage()), subject(item), e.calm());
      case LeaderRequests.Postponed _ -> {}
      case RejectedExecutionException _ -> {}
      default -> unexpected(thrown);
    }
  }

  private void tell(KeptItem item, String problem, String reason) {
    problems.tell(item, problem, subject(item), reason);
  }

  private @Nullable Subject subject(KeptItem item) {
    var capsule = item instanceof OfCapsule ? watches.capsules().get(item.path()) : null;
    return capsule == null ? null : Subject.of(capsule);
  }

  private void watchFailed(String why, boolean again) {
    failures.incrementAndGet();
    LOG.log(again ? Level.DEBUG : Level.WARNING, "cluster {0}: {1}", cluster.name(), why);
  }

  private void altered(String conflict) {
    failures.incrementAndGet();
    LOG.log(Level.WARNING, "cluster {0}: {1}; it is restored", cluster.name(), conflict);
  }

  /** Returns a random duration between four fifths of the full one and all of it. */
  private Duration spread(Duration full) {
    long nanos = full.toNanos();
    return Duration.ofNanos(nanos - random.nextLong(nanos / 5 + 1));
  }

  private void unexpected(Throwable failure) {
    away("unexpected error: " + failure.getClass().getSimpleName());
    LOG.log(Level.ERROR, "cluster " + cluster.name() + ": unexpected error", failure);
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

  /** Returns the values for the metrics. */
  ClusterReading reading() {
    var now = time.now();
    return new ClusterReading(
        cluster.name(),
        watches.secrets().all().size(),
        watches.secrets().all().stream()
            .map(PullSecret::expiresAt)
            .filter(end -> !end.equals(Lease.NEVER))
            .min(Comparator.naturalOrder())
            .map(end -> Duration.between(now, end).toMillis() / 1e3)
            .orElse(null),
        failures.get());
  }

  /**
   * Returns the health: unhealthy while the cluster does not answer or a Secret cannot be updated.
   */
  ComponentHealth health() {
    var messages = new ArrayList<String>();
    var problem = away;
    if (problem != null) {
      messages.add(problem);
    }
    watches.all().flatMap(WatchedObjects::problems).forEach(messages::add);
    messages.addAll(problems.list());
    boolean healthy = messages.isEmpty();
    messages.addAll(stuckPods.list());
    if (cluster.gitOps()) {
      messages.add(
          "createPullSecrets has no effect: the cluster is managed from git (git.url), which"
              + " reverts other changes");
    }
    return new ComponentHealth(
        PullSecrets.part(cluster.name()),
        healthy,
        List.copyOf(messages),
        Map.of(
            "rotating",
            election.holds() ? 1L : 0L,
            "secrets",
            (long) watches.secrets().all().size(),
            "writes",
            requests.count(),
            "failures",
            failures.get()));
  }

  /** Releases the Lease, if that is possible soon, and stops. */
  @Override
  public void close() {
    close(null);
  }

  /**
   * Stops after removing the pull secrets of namespaces that no longer get one.
   *
   * @param next the future scope; null if unknown, as when the daemon stops
   */
  void close(@Nullable PullSecretScope next) {
    boolean takesBack = next != null && !cluster.scope().groups().isEmpty();
    synchronized (this) {
      closed = true;
      if (heartbeat != null) {
        heartbeat.cancel();
      }
    }
    queue.close();
    writers.shutdown();
    if (next != null && takesBack) {
      execute(() -> takeBack(next));
    }
    execute(this::release);
    worker.shutdown();
    try {
      if (!worker.awaitTermination(
          (takesBack ? TAKING_BACK : GOODBYE).toMillis(), TimeUnit.MILLISECONDS)) {
        worker.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      worker.shutdownNow();
    }
  }

  private void takeBack(PullSecretScope next) {
    try {
      if (!writers.awaitTermination(TAKING_BACK.toMillis() / 2, TimeUnit.MILLISECONDS)) {
        writers.shutdownNow();
      }
      namespaceSecrets.takeBackOutsideOf(next);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void release() {
    stopWatching();
    try {
      election.release();
    } catch (KubeApiException e) {
      LOG.log(Level.DEBUG, "the Lease of cluster {0} ends by itself", cluster.name());
    }
    api.close();
  }
}
