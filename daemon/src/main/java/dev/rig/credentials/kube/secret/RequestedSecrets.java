package dev.rig.credentials.kube.secret;

import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.PullSecret;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.kube.secret.KeptItem.Requested;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Keeps requested pull secrets: they follow their entries, and are not removed. */
final class RequestedSecrets {
  private static final Logger LOG = System.getLogger(RequestedSecrets.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final LeaderRequests requests;
  private final SecretPlanner planner;
  private final WatchedObjects<PullSecret> secrets;
  private final KeptProblems problems;
  private final Executor writers;

  RequestedSecrets(
      Cluster cluster,
      LeaderRequests requests,
      SecretPlanner planner,
      WatchedObjects<PullSecret> secrets,
      KeptProblems problems,
      Executor writers) {
    this.cluster = cluster;
    this.requests = requests;
    this.planner = planner;
    this.secrets = secrets;
    this.problems = problems;
    this.writers = writers;
  }

  /**
   * Updates a Secret; runs on the worker, and writes on the writers.
   *
   * @return fails with the exceptions of {@link KubeApi}
   */
  CompletableFuture<?> keep(Requested item) {
    var secret = secrets.get(item.path());
    if (secret == null) {
      problems.clear(item);
      return CompletableFuture.completedFuture(null);
    }
    try {
      return planner
          .compose(secret.images(), PATIENCE)
          .thenAcceptAsync(plan -> put(item, secret, plan), writers);
    } catch (PullSecretException e) {
      problems.tell(item, "its annotations were changed: " + e.getMessage(), null, "InvalidImage");
      return CompletableFuture.completedFuture(null);
    }
  }

  private void put(Requested item, PullSecret seen, SecretPlan plan) {
    var secret = secrets.get(item.path());
    if (secret == null || !secret.images().equals(seen.images())) {
      return; // changed in the meantime, and reported again
    }
    if (plan.needsNothing()) {
      problems.tell(
          item,
          "no entry matches any of its images; remove it with \"rig-credentials pull-secret"
              + " --prune\"",
          null,
          "NoEntry");
      return;
    }
    var wanted = plan.replacing(secret);
    if (!wanted.says(secret)) {
      secrets.wrote(secret, requests.apply(wanted));
      LOG.log(Level.INFO, "pull secret {0} of cluster {1} rewritten", item.path(), cluster.name());
    }
    if (plan.missing().isEmpty()) {
      problems.clear(item);
    } else {
      problems.tell(item, String.join("; ", plan.summaries()), null, "NoCredential");
    }
  }
}
