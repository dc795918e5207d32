package dev.rig.credentials.kube.secret;

import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.ClusterAccessSource;
import dev.rig.credentials.kube.CredentialScript;
import dev.rig.credentials.kube.Fabric8Api;
import dev.rig.credentials.kube.InClusterAccess;
import dev.rig.credentials.kube.KubeApi;
import dev.rig.credentials.kube.LeaderElection;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.kube.PullSecretException.Reason;
import dev.rig.credentials.kube.PullSecretScope;
import dev.rig.credentials.metrics.ClusterReading;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.time.Time;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Creates the pull secrets of all clusters that get some, and keeps them up to date. Without such a
 * cluster nothing runs, and no class for Kubernetes is loaded.
 */
public final class PullSecrets implements AutoCloseable {
  /** Creates the client of a cluster. */
  @FunctionalInterface
  interface ApiFactory {
    KubeApi of(Cluster cluster);
  }

  /** Creates executors. */
  @FunctionalInterface
  public interface Threads {
    /**
     * Creates an executor.
     *
     * @param most the limit of its threads
     */
    ExecutorService of(String name, int most);
  }

  /** How many requests change a cluster at the same time; a request mostly waits. */
  private static final int WRITERS = 8;

  private record Member(Cluster cluster, ClusterSecrets secrets, ClusterKeeper keeper) {}

  private final Function<ImageReference, CompletableFuture<Lookup>> lookups;
  private final ApiFactory apis;
  private final Supplier<String> ownNamespace;
  private final Threads threads;
  private final Time time;
  private final RandomGenerator random;
  private final String identity;
  private volatile Map<String, Member> members = Map.of();
  private volatile Set<String> others = Set.of();

  /**
   * Starts without clusters.
   *
   * @param lookups the daemon's answer for an image; never fails
   * @param scripts runs clusters' scripts
   * @param environment of this process
   * @param random spreads the requests of several daemons; need not be secure
   */
  public PullSecrets(
      Function<ImageReference, CompletableFuture<Lookup>> lookups,
      CredentialScript scripts,
      Map<String, String> environment,
      Threads threads,
      Time time,
      RandomGenerator random) {
    this(
        lookups,
        cluster -> new Fabric8Api(ClusterAccessSource.of(cluster, scripts, environment, time)),
        () -> new InClusterAccess(InClusterAccess.FOLDER, environment).namespace(),
        threads,
        time,
        random,
        environment.getOrDefault("HOSTNAME", "rig-credentials") + "_" + UUID.randomUUID());
  }

  PullSecrets(
      Function<ImageReference, CompletableFuture<Lookup>> lookups,
      ApiFactory apis,
      Supplier<String> ownNamespace,
      Threads threads,
      Time time,
      RandomGenerator random,
      String identity) {
    this.lookups = lookups;
    this.apis = apis;
    this.ownNamespace = ownNamespace;
    this.threads = threads;
    this.time = time;
    this.random = random;
    this.identity = identity;
  }

  /**
   * Replaces all clusters; work for unchanged ones continues.
   *
   * @param clusters those that get pull secrets
   * @param others the names of those that do not, for error messages
   */
  public synchronized void replace(List<Cluster> clusters, Set<String> others) {
    var before = members;
    var next = new TreeMap<String, Member>();
    for (var cluster : clusters) {
      var old = before.get(cluster.name());
      next.put(
          cluster.name(), old != null && old.cluster().equals(cluster) ? old : member(cluster));
    }
    members = Collections.unmodifiableMap(next);
    this.others = Set.copyOf(others);
    before.values().stream()
        .filter(old -> !next.containsValue(old))
        .forEach(old -> {
          var successor = next.get(old.cluster().name());
          old.keeper()
              .close(
                  successor != null
                      ? successor.cluster().scope()
                      : others.contains(old.cluster().name()) ? PullSecretScope.NOTHING : null);
        });
    next.values().stream()
        .filter(member -> !before.containsValue(member))
        .forEach(member -> member.keeper().start());
    changed();
  }

  private Member member(Cluster cluster) {
    var api = apis.of(cluster);
    var composer = new SecretPlanner(lookups, time, cluster.devRegistry());
    var election = new LeaderElection(api, lockNamespace(cluster), identity, time);
    var worker = threads.of("rig-kube-" + cluster.name(), 1);
    var writers = threads.of("rig-kube-writer-" + cluster.name(), WRITERS);
    return new Member(
        cluster,
        new ClusterSecrets(cluster, api, composer, worker),
        new ClusterKeeper(cluster, api, composer, election, time, random, worker, writers));
  }

  /**
   * Returns the daemon's own namespace if it runs in the cluster; otherwise the first that it may
   * write to.
   */
  private String lockNamespace(Cluster cluster) {
    if (cluster.url() == null) {
      return ownNamespace.get();
    }
    return cluster.scope().namespaces().isEmpty()
        ? "default"
        : cluster.scope().namespaces().getFirst();
  }

  /** Reacts to changed leases or entries; never blocks. */
  public void changed() {
    members.values().forEach(member -> member.keeper().changed());
  }

  /**
   * Creates a pull secret; fails with a {@link PullSecretException}.
   *
   * @param mayAsk whether the peer has the permission for an image
   */
  public CompletableFuture<PullSecretAnswer> create(
      PullSecretRequest request, Predicate<ImageReference> mayAsk) {
    try {
      return member(request.cluster()).secrets().create(request, mayAsk);
    } catch (PullSecretException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Removes unused pull secrets; fails with a {@link PullSecretException}. */
  public CompletableFuture<PruneAnswer> prune(PruneRequest request) {
    try {
      return member(request.cluster()).secrets().prune(request);
    } catch (PullSecretException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Member member(String cluster) {
    var member = members.get(cluster);
    if (member != null) {
      return member;
    }
    if (others.contains(cluster)) {
      throw new PullSecretException(
          Reason.REFUSED,
          "pull secrets are off for cluster %s; set clusters.%s.createPullSecrets: true"
              .formatted(cluster, cluster));
    }
    throw new PullSecretException(Reason.NOT_FOUND, "no cluster is configured under that name");
  }

  /** Returns the component name of a cluster's pull secrets. */
  public static String part(String cluster) {
    return "pull secrets of " + cluster;
  }

  /** Returns the health of each cluster; empty without clusters. */
  public List<ComponentHealth> health() {
    return members.values().stream().map(member -> member.keeper().health()).toList();
  }

  /** Returns the metrics of each cluster. */
  public List<ClusterReading> readings() {
    return members.values().stream().map(member -> member.keeper().reading()).toList();
  }

  /** Releases the Leases, so that another daemon can continue; takes at most 2 s per cluster. */
  @Override
  public void close() {
    replace(List.of(), Set.of());
  }
}
