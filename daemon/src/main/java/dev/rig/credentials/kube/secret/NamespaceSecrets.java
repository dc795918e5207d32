package dev.rig.credentials.kube.secret;

import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.GroupObjects.PullingAccount;
import dev.rig.credentials.kube.KubeApiException;
import dev.rig.credentials.kube.PullSecret;
import dev.rig.credentials.kube.PullSecretScope;
import dev.rig.credentials.kube.PullSecretScope.NamespaceGroup;
import dev.rig.credentials.kube.secret.KeptItem.OfNamespace;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Creates one pull secret with the group's registries in each namespace of a group, and adds it to
 * the group's service accounts. Removes both when no group selects the namespace any more.
 */
final class NamespaceSecrets {
  /** The name of such a Secret. */
  static final String NAME = "rig-credentials";

  private static final Logger LOG = System.getLogger(NamespaceSecrets.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final LeaderRequests requests;
  private final SecretPlanner planner;
  private final KeeperWatches watches;
  private final StuckPods stuckPods;
  private final KeptProblems problems;
  private final Executor writers;

  NamespaceSecrets(
      Cluster cluster,
      LeaderRequests requests,
      SecretPlanner planner,
      KeeperWatches watches,
      StuckPods stuckPods,
      KeptProblems problems,
      Executor writers) {
    this.cluster = cluster;
    this.requests = requests;
    this.planner = planner;
    this.watches = watches;
    this.stuckPods = stuckPods;
    this.problems = problems;
    this.writers = writers;
  }

  /** Returns whether the Secret belongs to a namespace, not to a Capsule or a request. */
  static boolean isOne(PullSecret secret) {
    return secret.name().equals(NAME) && secret.capsule() == null && secret.images().isEmpty();
  }

  private @Nullable NamespaceGroup group(String namespace) {
    return cluster.scope().group(namespace, watches.namespaces().get("/" + namespace)).orElse(null);
  }

  private List<PullingAccount> accounts(String namespace, Predicate<PullingAccount> which) {
    return watches.accounts().all().stream()
        .filter(account -> account.namespace().equals(namespace) && which.test(account))
        .toList();
  }

  /**
   * Updates a namespace; runs on the worker, and writes on the writers.
   *
   * @return fails with the exceptions of {@link KubeApi}
   */
  CompletableFuture<?> keep(OfNamespace item) {
    var namespace = item.namespace();
    if (!watches.knows(namespace)) {
      return CompletableFuture.completedFuture(null); // reported again when it is known
    }
    var group = group(namespace);
    if (group == null) {
      takeBack(namespace);
      problems.clear(item);
      return CompletableFuture.completedFuture(null);
    }
    if (accounts(namespace, account -> group.serviceAccounts().contains(account.name()))
        .isEmpty()) {
      problems.clear(item);
      return CompletableFuture.completedFuture(null); // no service account yet
    }
    return planner
        .composeRegistries(group.registries(), PATIENCE)
        .thenAcceptAsync(plan -> put(item, group, plan), writers);
  }

  private void put(OfNamespace item, NamespaceGroup group, SecretPlan plan) {
    var namespace = item.namespace();
    if (!plan.missing().isEmpty() || !plan.unmatched().isEmpty()) {
      var reasons = new ArrayList<>(plan.summaries());
      plan.unmatched().forEach(registry -> reasons.add("no entry matches " + registry));
      problems.tell(item, String.join("; ", reasons), null, "NoCredential");
    }
    if (plan.known().isEmpty()) {
      return; // the existing Secret stays
    }
    var secret = watches.secrets().get(namespace + "/" + NAME);
    var wanted =
        secret == null
            ? plan.secret(namespace, NAME, List.of(), null)
            : plan.replacing(secret.forImages(List.of(), null));
    if (secret == null || !wanted.says(secret)) {
      watches.secrets().wrote(secret, requests.apply(wanted));
      LOG.log(Level.INFO, "pull secret {0} of cluster {1} written", wanted.path(), cluster.name());
    }
    for (var account : accounts(namespace, one -> true)) {
      boolean wants = group.serviceAccounts().contains(account.name());
      if (wants != account.pullSecrets().contains(NAME)) {
        refer(account, wants);
      }
    }
    stuckPods.look(namespace, group);
    if (plan.missing().isEmpty() && plan.unmatched().isEmpty()) {
      problems.clear(item);
    }
  }

  /** Adds or removes our item; other items keep their content and order. */
  private void refer(PullingAccount account, boolean wants) {
    var secrets = new ArrayList<>(account.pullSecrets());
    if (wants) {
      secrets.add(NAME);
    } else {
      secrets.removeIf(NAME::equals);
    }
    requests.putPullSecrets(account, secrets);
    watches.accounts().wrote(account, account.pullingWith(secrets));
  }

  /** Removes the Secrets of namespaces that are not in the other scope; runs on the worker. */
  void takeBackOutsideOf(PullSecretScope next) {
    var namespaces =
        watches.secrets().all().stream()
            .filter(NamespaceSecrets::isOne)
            .map(PullSecret::namespace)
            .filter(one -> next.group(one, watches.namespaces().get("/" + one)).isEmpty())
            .toList();
    try {
      namespaces.forEach(this::takeBack);
    } catch (KubeApiException | LeaderRequests.Postponed | RestoreLimits.ContestedException e) {
      LOG.log(
          Level.WARNING,
          "cluster {0}: some pull secrets of namespaces remain: {1}",
          cluster.name(),
          e.getMessage());
    }
  }

  /** Removes the references first, then the Secret. */
  private void takeBack(String namespace) {
    var secret = watches.secrets().get(namespace + "/" + NAME);
    if (secret == null || !isOne(secret)) {
      return;
    }
    accounts(namespace, account -> account.pullSecrets().contains(NAME))
        .forEach(account -> refer(account, false));
    requests.delete(secret);
    watches.secrets().wrote(secret, null);
    LOG.log(
        Level.INFO,
        "pull secret {0} of cluster {1} removed: no group of pullSecrets has its namespace",
        secret.path(),
        cluster.name());
  }
}
