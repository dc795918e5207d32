package dev.rig.credentials.kube.secret;

import dev.rig.credentials.kube.Capsule;
import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.KubeApi;
import dev.rig.credentials.kube.KubeApiException;
import dev.rig.credentials.kube.KubeEvent.Subject;
import dev.rig.credentials.kube.PullSecret;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.kube.secret.KeptItem.OfCapsule;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Creates a pull secret for each Capsule that needs one: first the Secret, then the annotation.
 * Removes both when they are no longer needed.
 *
 * <p>A Capsule that names another Secret keeps it if that Secret exists, or if the daemon never
 * created one for the Capsule. Otherwise the annotation was changed, and is restored.
 */
final class CapsuleSecrets {
  private static final Logger LOG = System.getLogger(CapsuleSecrets.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final LeaderRequests requests;
  private final SecretPlanner planner;
  private final WatchedObjects<Capsule> capsules;
  private final WatchedObjects<PullSecret> secrets;
  private final KeptProblems problems;
  private final Executor writers;

  CapsuleSecrets(
      Cluster cluster,
      LeaderRequests requests,
      SecretPlanner planner,
      WatchedObjects<Capsule> capsules,
      WatchedObjects<PullSecret> secrets,
      KeptProblems problems,
      Executor writers) {
    this.cluster = cluster;
    this.requests = requests;
    this.planner = planner;
    this.capsules = capsules;
    this.secrets = secrets;
    this.problems = problems;
    this.writers = writers;
  }

  /** Returns the Capsule of a pull secret; empty for a requested one. */
  static Optional<OfCapsule> owner(PullSecret secret) {
    var capsule = secret.capsule();
    return capsule != null && secret.name().equals(SecretNames.ofCapsule(capsule))
        ? Optional.of(new OfCapsule(secret.namespace(), capsule))
        : Optional.empty();
  }

  /**
   * Updates a Capsule's pull secret; runs on the worker, and writes on the writers.
   *
   * @return fails with the exceptions of {@link KubeApi}
   */
  CompletableFuture<?> keep(OfCapsule item) {
    var at = item.namespace() + "/" + item.secret();
    if (!secrets.isCaughtUp(item.namespace())) {
      return CompletableFuture.completedFuture(null); // its change is reported again
    }
    var capsule = capsules.get(item.path());
    var secret = secrets.get(at);
    if (capsule == null) {
      forget(item, secret);
      return CompletableFuture.completedFuture(null);
    }
    if (namesAnother(capsule, item, secret)) {
      drop(secret, "Capsule " + capsule.path() + " names a Secret of its own");
      problems.clear(item);
      return CompletableFuture.completedFuture(null);
    }
    var image = capsule.image();
    List<String> images;
    try {
      images = image == null ? List.of() : SecretPlanner.normal(List.of(image));
    } catch (PullSecretException e) {
      problems.tell(item, String.valueOf(e.getMessage()), Subject.of(capsule), "InvalidImage");
      return CompletableFuture.completedFuture(null);
    }
    return planner
        .compose(images, PATIENCE)
        .thenAcceptAsync(plan -> put(item, capsule, images, plan), writers);
  }

  private void put(OfCapsule item, Capsule seen, List<String> images, SecretPlan plan) {
    var capsule = capsules.get(item.path());
    if (capsule == null || !sameImage(seen, capsule)) {
      return; // changed in the meantime, and reported again
    }
    var secret = secrets.get(item.namespace() + "/" + item.secret());
    if (plan.needsNothing()) {
      takeAway(item, capsule, secret);
      problems.clear(item);
      return;
    }
    if (!plan.missing().isEmpty()) {
      problems.tell(item, String.join("; ", plan.summaries()), Subject.of(capsule), "NoCredential");
    }
    if (plan.known().isEmpty()) {
      return; // the existing Secret stays
    }
    var wanted =
        secret == null
            ? plan.secret(item.namespace(), item.secret(), images, item.name())
            : plan.replacing(secret.forImages(images, item.name()));
    if (secret == null || !wanted.says(secret)) {
      write(item, capsule, secret, wanted);
      LOG.log(Level.INFO, "pull secret {0} of cluster {1} written", wanted.path(), cluster.name());
    }
    annotate(item, capsule);
    if (plan.missing().isEmpty()) {
      problems.clear(item);
    }
  }

  private static boolean sameImage(Capsule one, Capsule other) {
    return one.image() == null ? other.image() == null : one.image().equals(other.image());
  }

  private void write(
      OfCapsule item, Capsule capsule, @Nullable PullSecret before, PullSecret wanted) {
    try {
      secrets.wrote(before, requests.apply(wanted));
    } catch (KubeApiException e) {
      if (e.isConflict()
          && requests.secret(wanted.namespace(), wanted.name()).orElse(null)
              instanceof KubeApi.Foreign) {
        problems.tell(
            item,
            "Secret %s does not belong to rig-credentials: remove it, or name it in the Capsule's annotation"
                .formatted(wanted.path()),
            Subject.of(capsule),
            "SecretNotOurs");
      }
      throw e;
    }
  }

  private void annotate(OfCapsule item, Capsule capsule) {
    if (item.secret().equals(capsule.pullSecret())) {
      return;
    }
    if (capsule.pullSecret() != null) {
      LOG.log(
          Level.WARNING,
          "Capsule {0} of cluster {1} named the Secret {2}, which does not exist; it names {3}"
              + " again",
          capsule.path(),
          cluster.name(),
          capsule.pullSecret(),
          item.secret());
    }
    requests.annotate(capsule, item.secret());
    capsules.wrote(capsule, capsule.pullingWith(item.secret()));
  }

  private boolean namesAnother(Capsule capsule, OfCapsule item, @Nullable PullSecret secret) {
    var named = capsule.pullSecret();
    if (named == null || named.equals(item.secret())) {
      return false;
    }
    return secret == null
        || secrets.get(item.namespace() + "/" + named) != null
        || requests.secret(item.namespace(), named).isPresent();
  }

  private void takeAway(OfCapsule item, Capsule capsule, @Nullable PullSecret secret) {
    if (!capsules.isCaughtUp(item.namespace())) {
      return;
    }
    if (secret != null && item.secret().equals(capsule.pullSecret())) {
      requests.removeAnnotation(capsule);
      capsules.wrote(capsule, capsule.pullingWith(null));
    }
    drop(secret, "no entry matches the image of Capsule " + capsule.path());
  }

  /**
   * Handles a Capsule that the watch reports as deleted; its Secret is removed only if the API
   * confirms that.
   */
  private void forget(OfCapsule item, @Nullable PullSecret secret) {
    if (!capsules.isCaughtUp(item.namespace())) {
      return;
    }
    problems.clear(item);
    if (secret != null && requests.capsule(item.namespace(), item.name()).isEmpty()) {
      drop(secret, "Capsule " + item.path() + " is gone");
    }
  }

  private void drop(@Nullable PullSecret secret, String why) {
    if (secret != null) {
      requests.delete(secret);
      secrets.wrote(secret, null);
      LOG.log(
          Level.INFO,
          "pull secret {0} of cluster {1} removed: {2}",
          secret.path(),
          cluster.name(),
          why);
    }
  }
}
